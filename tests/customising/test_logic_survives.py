"""The main flows after each change that an administrator may make: code keys on categories and flags."""

import itertools

import frappe
import pytest
from crm_testing.customers import make_customer, make_user
from crm_testing.finance import make_budget, make_request, set_limits
from crm_testing.hosts import acting_as
from crm_testing.marketing import make_campaign, make_segment, rule
from crm_testing.membership import make_card
from crm_testing.service import READY, make_complaint
from crm_testing.workforce import make_company
from frappe.custom.doctype.property_setter.property_setter import make_property_setter
from frappe.model.workflow import apply_workflow
from frappe.permissions import add_permission, update_permission_property

from crm_app.crm_membership import cards, ledger
from crm_app.customising.workflows import NEEDED

FLOWS = ("Expense Request", "CRM Budget", "CRM Campaign", "Complaint", "Member Adjustment")
WORKFLOWS = {
	"Expense Request": "Expense Request Approval",
	"CRM Budget": "CRM Budget Approval",
	"CRM Campaign": "CRM Campaign Approval",
	"Complaint": "Complaint Handling",
	"Member Adjustment": "Member Adjustment Approval",
}
TOUCHED = (*FLOWS, "Member Card", "CRM Customer")
AMOUNTS = itertools.count(30000)  # the same amount twice would be pointed out
EXTRA, PASS_ON, OWN = "Extra Check", "Pass On", "custom_survival"
SIGNER, SIGNER_ROLE = "signer@survival.test", "Second Signer"


@pytest.fixture(scope="module", autouse=True)
def own_fields(site):
	"""A column of the administrator's on each DocType; whether it is mandatory is a property (no DDL)."""
	for doctype in TOUCHED:
		field = {"fieldname": OWN, "label": "Survival", "fieldtype": "Data", "no_copy": 1}
		frappe.get_doc({"doctype": "Custom Field", "dt": doctype, **field}).insert()
	frappe.db.commit()
	yield
	frappe.db.rollback()
	for doctype in TOUCHED:
		frappe.delete_doc("Custom Field", f"{doctype}-{OWN}", force=True)
	frappe.db.commit()


@pytest.fixture(autouse=True)
def company(people, own_fields):
	set_limits()
	make_company()
	yield
	for doctype in TOUCHED:
		frappe.clear_cache(doctype=doctype)


def step(doc, action: str, user: str = "Administrator"):
	"""The action, and an added stage behind it."""
	with acting_as(user):
		doc = apply_workflow(frappe.get_doc(doc.doctype, doc.name), action)
		while doc.workflow_state == EXTRA:
			doc = apply_workflow(doc, PASS_ON)
	return doc


# the main flow of each; `old` is a record from before the change, `signer` takes the approvals


def make_expense_request():
	if not frappe.db.exists("CRM Budget", {"department": "Test Sales", "status_category": "Approved"}):
		make_budget({"amount": 90000})
	return make_request(next(AMOUNTS))


def run_expense_request(doc, signer):
	doc = step(doc, "Submit for Approval")
	for user in ("head@example.com", signer, signer):
		doc = step(doc, "Approve", user)
	assert (doc.docstatus, doc.status_category) == (1, "Approved")
	spent = step(doc, "Reimburse")
	assert spent.status_category == "Reimbursed"
	assert frappe.db.exists("CRM Budget Entry", {"voucher_no": doc.name, "kind": "Spend"})


def make_crm_budget():
	return make_budget(approve=False)


def run_crm_budget(doc, signer):
	doc = step(step(doc, "Submit for Approval"), "Approve", signer)
	assert (doc.docstatus, doc.status_category) == (1, "Approved")


def make_crm_campaign():
	city = f"Survivalville {frappe.generate_hash(length=6)}"
	make_customer(city=city)
	segment = make_segment(rule("city", "equals", city))
	return make_campaign(segment=segment.name, channels=[{"channel": "SMS", "send_on": "2026-02-12"}])


def run_crm_campaign(doc, signer):
	doc = step(doc, "Submit for Approval")
	doc = step(step(doc, "Approve", signer), "Approve", signer)
	assert (doc.status_category, doc.target_count) == ("Approved", 1)
	assert step(step(doc, "Start"), "Finish").status_category == "Finished"


def run_complaint(doc, signer):
	for action, reached in (
		("Classify", "Classified"),
		("Investigate", "Investigating"),
		("Resolve", "Resolved"),
	):
		doc = frappe.get_doc("Complaint", doc.name)
		doc.update({key: value for key, value in READY.get(reached, {}).items() if not doc.get(key)})
		with acting_as("Administrator"):
			doc.save()
		doc = step(doc, action, signer)
	assert (doc.stage, doc.status_category) == ("Resolved", "Resolved") and doc.resolved_on


def make_member_adjustment():
	card = make_card(make_customer().name)
	cards.move(card, "activate")
	values = {"card": card.name, "change": 50, "reason": "Goodwill"}
	return frappe.get_doc({"doctype": "Member Adjustment", **values}).insert()


def run_member_adjustment(doc, signer):
	doc = step(step(doc, "Submit for Approval"), "Approve", signer)
	assert (doc.docstatus, doc.status_category) == (1, "Approved")
	assert ledger.balance(doc.card).points == 50


MAKE = {
	"Expense Request": make_expense_request,
	"CRM Budget": make_crm_budget,
	"CRM Campaign": make_crm_campaign,
	"Complaint": make_complaint,
	"Member Adjustment": make_member_adjustment,
}
RUN = {
	"Expense Request": run_expense_request,
	"CRM Budget": run_crm_budget,
	"CRM Campaign": run_crm_campaign,
	"Complaint": run_complaint,
	"Member Adjustment": run_member_adjustment,
}


def flow(doctype: str, doc=None, signer: str = "Administrator"):
	RUN[doctype](doc or MAKE[doctype](), signer)


def set_property(doctype: str, fieldname: str, key: str, value, kind: str = "Check"):
	make_property_setter(doctype, fieldname, key, value, kind, validate_fields_for_doctype=False)
	frappe.clear_cache(doctype=doctype)


# the changes


@pytest.mark.parametrize("doctype", FLOWS)
def test_renamed_states(doctype):
	old = MAKE[doctype]()
	workflow = frappe.get_doc("Workflow", WORKFLOWS[doctype])
	names = dict.fromkeys(row.state for row in workflow.states)
	for name in names:
		if not frappe.db.exists("Workflow State", f"My {name}"):
			frappe.get_doc({"doctype": "Workflow State", "workflow_state_name": f"My {name}"}).insert()
		frappe.db.set_value(doctype, {"workflow_state": name}, "workflow_state", f"My {name}")
	for row in workflow.states:
		row.state = f"My {row.state}"
	for row in workflow.transitions:
		row.update({"state": f"My {row.state}", "next_state": f"My {row.next_state}"})
	workflow.save()
	frappe.clear_cache(doctype=doctype)
	flow(doctype, old)
	flow(doctype)


@pytest.mark.parametrize("doctype", FLOWS)
def test_an_added_stage(doctype):
	frappe.get_doc({"doctype": "Workflow State", "workflow_state_name": EXTRA}).insert()
	frappe.get_doc({"doctype": "Workflow Action Master", "workflow_action_name": PASS_ON}).insert()
	workflow = frappe.get_doc("Workflow", WORKFLOWS[doctype])
	first = workflow.states[0].state
	following = workflow.transitions[0].next_state
	category = next(row for row in workflow.states if row.state == following)
	keys = ("doc_status", "update_field", "update_value", "allow_edit")
	workflow.append("states", {"state": EXTRA, **{key: category.get(key) for key in keys}})
	for row in workflow.transitions:
		if row.state == first and row.next_state == following:
			row.next_state = EXTRA
	step = {"state": EXTRA, "action": PASS_ON, "next_state": following, "allowed": "System Manager"}
	workflow.append("transitions", step)
	workflow.save()
	frappe.clear_cache(doctype=doctype)
	flow(doctype)


@pytest.mark.parametrize("doctype", FLOWS)
def test_an_own_mandatory_field_with_a_default(doctype):
	old = MAKE[doctype]()
	set_property(doctype, OWN, "default", "as always", "Text")
	set_property(doctype, OWN, "reqd", 1)
	frappe.local.new_doc_templates = {}  # kept for a request by Frappe
	new = MAKE[doctype]()
	assert new.get(OWN) == "as always"
	flow(doctype, new)
	frappe.db.set_value(doctype, old.name, OWN, "filled in")
	flow(doctype, old)


def test_an_own_mandatory_field_without_default_is_asked_for_where_it_can_be_filled_in():
	old = make_request(500)
	waiting = step(make_expense_request(), "Submit for Approval")
	set_property("Expense Request", OWN, "reqd", 1)
	with pytest.raises(frappe.MandatoryError):
		make_request(500)
	with acting_as("staff@example.com"), pytest.raises(frappe.MandatoryError):
		apply_workflow(frappe.get_doc("Expense Request", old.name), "Submit for Approval")
	with acting_as("head@example.com"):
		moved = apply_workflow(frappe.get_doc("Expense Request", waiting.name), "Approve")
	assert moved.workflow_state != waiting.workflow_state, (
		"the approver cannot fill it in, and is not stopped"
	)


def test_rules_and_jobs_go_on_where_a_card_or_customer_lacks_an_own_mandatory_field():
	card = make_card(make_customer().name)
	cards.move(card, "activate")
	for doctype in ("Member Card", "CRM Customer"):
		set_property(doctype, OWN, "reqd", 1)
	card = frappe.get_doc("Member Card", card.name)
	new = cards.replace(card, "Lost")
	assert (card.status_category, new.status_category) == ("Replaced", "Issued")
	with pytest.raises(frappe.MandatoryError):
		make_customer()


@pytest.mark.parametrize("doctype", FLOWS)
def test_hidden_fields_and_other_options(doctype):
	for df in list(frappe.get_meta(doctype).fields):
		optional = (
			not df.reqd
			and not df.hidden
			and df.fieldtype not in ("Section Break", "Column Break", "Tab Break")
		)
		if optional and df.fieldname != OWN:
			make_property_setter(
				doctype, df.fieldname, "hidden", 1, "Check", validate_fields_for_doctype=False
			)
		if df.fieldtype == "Select" and not df.read_only and df.fieldname != "naming_series":
			options = f"{df.options}\nSomething Else"
			make_property_setter(
				doctype, df.fieldname, "options", options, "Text", validate_fields_for_doctype=False
			)
	frappe.clear_cache(doctype=doctype)
	flow(doctype)


@pytest.mark.parametrize("doctype", FLOWS)
def test_an_approval_given_to_another_role(doctype):
	if not frappe.db.exists("Role", SIGNER_ROLE):
		frappe.get_doc({"doctype": "Role", "role_name": SIGNER_ROLE}).insert()
	make_user(SIGNER, SIGNER_ROLE, "CRM Manager")
	add_permission(doctype, SIGNER_ROLE, 0, "read")
	for right in ("write", "submit") if frappe.get_meta(doctype).is_submittable else ("write",):
		update_permission_property(doctype, SIGNER_ROLE, 0, right, 1)
	workflow = frappe.get_doc("Workflow", WORKFLOWS[doctype])
	for row in workflow.transitions:
		of_the_head = "department_approver" in (row.condition or "")
		if row.action in ("Approve", "Classify", "Investigate", "Resolve") and not of_the_head:
			row.allowed = SIGNER_ROLE
	workflow.save()
	frappe.clear_cache(doctype=doctype)
	flow(doctype, signer=SIGNER)


def test_a_second_signature_above_an_amount():
	frappe.get_doc({"doctype": "Workflow State", "workflow_state_name": "Second Signature"}).insert()
	workflow = frappe.get_doc("Workflow", WORKFLOWS["Expense Request"])
	last = "Pending General Manager"
	stage = {"state": "Second Signature", "doc_status": "0", "allow_edit": "System Manager"}
	workflow.append("states", {**stage, "update_field": "status_category", "update_value": "Pending"})
	for row in workflow.transitions:
		if (row.state, row.action) == (last, "Approve"):
			row.condition = "doc.total_amount <= 30000"
	approve = {"action": "Approve", "allowed": "CRM General Manager"}
	above = {"state": last, "next_state": "Second Signature", "condition": "doc.total_amount > 30000"}
	workflow.append("transitions", {**approve, **above})
	workflow.append("transitions", {**approve, "state": "Second Signature", "next_state": "Approved"})
	workflow.save()
	frappe.clear_cache(doctype="Expense Request")
	make_budget({"amount": 90000})
	for amount, signatures in ((30000, 1), (30001, 2)):
		doc = step(make_request(amount), "Submit for Approval")
		for user in ("head@example.com", "Administrator", *["Administrator"] * signatures):
			assert doc.status_category == "Pending"
			doc = step(doc, "Approve", user)
		assert (doc.docstatus, doc.status_category) == (1, "Approved")


def test_every_shipped_workflow_has_its_flow_here():
	shipped = {
		w.document_type for w in frappe.get_all("Workflow", {"name": ["in", list(WORKFLOWS.values())]}, ["*"])
	}
	assert shipped == set(FLOWS) and set(NEEDED) <= shipped
