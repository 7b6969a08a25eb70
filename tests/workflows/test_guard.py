"""The holes of the workflow engine, closed on the server; tried through documents as different users."""

import frappe
import pytest
from crm_testing.finance import make_budget, make_request, move, set_limits
from crm_testing.hosts import acting_as
from crm_testing.workforce import make_company
from frappe.model.workflow import WorkflowTransitionError, apply_workflow

from crm_app.workflows.guard import move_as_system, move_to_value, save_as_system

HEAD, FINANCE, GM, STAFF = "head@example.com", "finance@example.com", "gm@example.com", "staff@example.com"
REFUSALS = (frappe.PermissionError, frappe.ValidationError)


@pytest.fixture(autouse=True)
def company(people):
	set_limits()
	return make_company()


def pending(amount=1000.0):
	return move(make_request(amount), "Submit for Approval", user=STAFF)


def stored(request):
	values = ["workflow_state", "status_category", "docstatus", "total_amount"]
	return frappe.db.get_value("Expense Request", request.name, values, as_dict=True)


def change(request, user, **values):
	with acting_as(user):
		doc = frappe.get_doc("Expense Request", request.name)
		doc.update(values)
		return doc.save()


# a. bare submit


@pytest.mark.parametrize("user", [HEAD, FINANCE, GM, "Administrator"])
def test_a_bare_submit_from_pending_is_refused(user):
	request = pending()
	with acting_as(user), pytest.raises(WorkflowTransitionError, match="workflow"):
		frappe.get_doc("Expense Request", request.name).submit()
	assert stored(request).docstatus == 0


def test_a_new_record_cannot_be_inserted_submitted():
	draft = make_request().as_dict()
	values = {key: draft[key] for key in ("purpose", "employee")}
	lines = [{key: row[key] for key in ("category", "amount", "expense_date")} for row in draft["lines"]]
	with pytest.raises(REFUSALS):
		frappe.get_doc({"doctype": "Expense Request", **values, "lines": lines, "docstatus": 1}).insert()


# b. bare cancel


@pytest.mark.parametrize("user", [FINANCE, GM, "Administrator"])
def test_a_bare_cancel_is_refused(user):
	request = move(pending(), "Approve", user=HEAD)
	with acting_as(user), pytest.raises(WorkflowTransitionError):
		frappe.get_doc("Expense Request", request.name).cancel()
	assert stored(request).docstatus == 1


def test_a_cancel_along_the_workflow_works():
	request = move(move(pending(), "Approve", user=HEAD), "Cancel", user=FINANCE)
	assert (request.docstatus, request.status_category) == (2, "Cancelled")


def test_a_cancel_needs_the_role_of_the_step():
	request = move(pending(), "Approve", user=HEAD)
	with acting_as(HEAD):
		doc = frappe.get_doc("Expense Request", request.name)
		doc.workflow_state = "Cancelled"
		with pytest.raises(REFUSALS):
			doc.cancel()


# c. edits by the wrong role


@pytest.mark.parametrize("user", [HEAD, FINANCE, GM, STAFF])
def test_fields_of_a_pending_request_are_closed(user):
	request = pending()
	with pytest.raises(frappe.PermissionError):
		change(request, user, purpose="Something else")


def test_rows_of_a_pending_request_are_closed():
	request = pending()
	with acting_as(HEAD):
		doc = frappe.get_doc("Expense Request", request.name)
		doc.lines[0].amount = 999
		with pytest.raises(frappe.PermissionError, match="Expenses"):
			doc.save()


def test_a_role_with_allow_edit_may_edit():
	request = pending()
	assert change(request, "Administrator", purpose="Corrected").purpose == "Corrected"


def test_saving_without_a_change_is_no_edit():
	assert change(pending(), HEAD).workflow_state == "Pending Department Head"


def test_other_spellings_of_the_same_values_are_no_edit():
	request = pending()
	date = str(request.posting_date)
	assert change(request, HEAD, posting_date=date, total_amount="1000", approval_tier="1", campaign="")


def test_an_edit_together_with_a_step_is_still_an_edit():
	request = pending()
	with pytest.raises(frappe.PermissionError):
		change(request, HEAD, purpose="Mine now", workflow_state="Approved", docstatus=1)


# d. conditions on the new values


def test_a_raised_amount_does_not_pass_with_the_old_ones_tier():
	"""The administrator may edit in this state; even so the step has to hold for what is written."""
	request = pending(1000)
	with acting_as("Administrator"):
		doc = frappe.get_doc("Expense Request", request.name)
		doc.lines[0].amount = 5000
		doc.update({"workflow_state": "Approved", "docstatus": 1})
		with pytest.raises(WorkflowTransitionError, match="conditions"):
			doc.save()
	assert stored(request).total_amount == 1000


def test_the_approver_is_judged_on_the_server():
	request = pending()
	with pytest.raises(REFUSALS):
		change(request, GM, department_approver=GM, workflow_state="Approved", docstatus=1)
	with acting_as(GM), pytest.raises(REFUSALS):
		apply_workflow(frappe.get_doc("Expense Request", request.name), "Approve")


# Jumps


@pytest.mark.parametrize("state", ["Approved", "Pending Finance", "Reimbursed", "No Such State"])
def test_a_jump_is_refused(state):
	request = make_request()
	with pytest.raises(REFUSALS):
		change(request, STAFF, workflow_state=state)
	assert stored(request).workflow_state == "Draft"


def test_a_new_record_starts_in_the_first_state():
	with pytest.raises(REFUSALS):
		make_request(workflow_state="Pending Finance")
	assert make_request().workflow_state == "Draft"


# Own records


def test_nobody_approves_their_own_request():
	own = move(make_request(user=HEAD), "Submit for Approval", user=HEAD)
	assert own.department_approver == GM
	for action in ("Approve", "Reject"):
		with acting_as(HEAD), pytest.raises(REFUSALS):
			apply_workflow(frappe.get_doc("Expense Request", own.name), action)


def test_the_person_it_is_for_cannot_approve_what_somebody_else_typed(company):
	request = make_request(5000, employee=company.finance.name)
	request = move(move(request, "Submit for Approval", user=STAFF), "Approve", user=HEAD)
	assert request.owner == STAFF and request.workflow_state == "Pending Finance"
	with acting_as(FINANCE), pytest.raises(frappe.PermissionError, match="own"):
		apply_workflow(frappe.get_doc("Expense Request", request.name), "Approve")


def test_changing_the_owner_does_not_make_it_somebody_elses():
	request = make_request(5000, user=FINANCE)
	assert change(request, FINANCE, owner=STAFF).owner == FINANCE
	request = move(move(request, "Submit for Approval", user=FINANCE), "Approve", user=HEAD)
	with acting_as(FINANCE), pytest.raises(REFUSALS):
		apply_workflow(frappe.get_doc("Expense Request", request.name), "Approve")


# Category


def test_the_category_follows_the_state_and_not_the_hand():
	request = make_request(status_category="Approved")
	assert request.status_category == "Draft"
	assert change(request, STAFF, status_category="Approved").status_category == "Draft"
	assert stored(pending()).status_category == "Pending"


def test_derived_fields_are_recomputed():
	request = make_request(5000, total_amount=1, approval_tier=1, department_approver=STAFF)
	assert (request.total_amount, request.approval_tier, request.department_approver) == (5000, 2, HEAD)


# Administrators change workflows


def workflow():
	return frappe.get_doc("Workflow", "Expense Request Approval")


def ensure_state(name):
	if not frappe.db.exists("Workflow State", name):
		frappe.get_doc({"doctype": "Workflow State", "workflow_state_name": name}).insert()


def rename_state(flow, old, new):
	ensure_state(new)
	for row in (*flow.states, *flow.transitions):
		for key in ("state", "next_state"):
			if row.get(key) == old:
				row.set(key, new)


def test_renamed_states_work_and_stay_guarded():
	flow = workflow()
	rename_state(flow, "Pending Department Head", "With the Boss")
	rename_state(flow, "Approved", "Granted")
	flow.save()
	request = pending()
	assert (request.workflow_state, request.status_category) == ("With the Boss", "Pending")
	with acting_as(HEAD), pytest.raises(WorkflowTransitionError):
		frappe.get_doc("Expense Request", request.name).submit()
	request = move(request, "Approve", user=HEAD)
	assert (request.workflow_state, request.status_category) == ("Granted", "Approved")


def test_an_added_stage_without_a_category_keeps_the_one_before():
	flow = workflow()
	ensure_state("Legal Review")
	flow.append("states", {"state": "Legal Review", "doc_status": "0", "allow_edit": "System Manager"})
	first = {"state": "Pending Department Head", "action": "Send Back", "next_state": "Legal Review"}
	flow.append("transitions", {**first, "allowed": "CRM Finance User", "allow_self_approval": 0})
	flow.append(
		"transitions",
		{
			"state": "Legal Review",
			"action": "Approve",
			"next_state": "Approved",
			"allowed": "CRM Department Head",
		},
	)
	flow.save()
	request = change(pending(), FINANCE, workflow_state="Legal Review")
	assert request.status_category == "Pending"
	assert change(request, HEAD, status_category="Approved").status_category == "Pending"
	assert move(request, "Approve", user=HEAD).status_category == "Approved"


def test_another_role_may_take_over_a_step():
	flow = workflow()
	for row in flow.transitions:
		if row.state == "Pending Finance":
			row.allowed = "CRM Manager"
	flow.save()
	request = move(pending(5000), "Approve", user=HEAD)
	with acting_as(FINANCE), pytest.raises(REFUSALS):
		apply_workflow(frappe.get_doc("Expense Request", request.name), "Approve")


def test_without_a_workflow_the_category_follows_the_docstatus():
	flow = workflow()
	flow.is_active = 0
	flow.save()
	frappe.clear_cache()
	request = make_request(status_category="Reimbursed")
	assert request.status_category == "Draft"
	request.submit()
	assert request.status_category == "Approved"
	request.cancel()
	assert request.status_category == "Cancelled"


# System jobs


def test_the_system_moves_and_edits_without_roles_but_along_the_workflow():
	request = pending()
	with acting_as(STAFF):
		doc = frappe.get_doc("Expense Request", request.name)
		doc.remarks = "Checked by a rule"
		save_as_system(doc, "Nightly check")
		with pytest.raises(WorkflowTransitionError):
			move_as_system(doc, "Reimburse", "Nonsense")
		assert not move_to_value(doc, "Reimbursed", "Nonsense")
		assert move_to_value(doc, "Draft", "Withdrawn by a rule")
	assert (stored(request).workflow_state, stored(request).status_category) == ("Draft", "Draft")
	assert frappe.db.exists("Comment", {"reference_name": request.name, "content": "Withdrawn by a rule"})


def test_every_shipped_workflow_is_guarded():
	from frappe.model.base_document import get_controller

	from crm_app.workflows.guard import WorkflowGuard
	from crm_app.workflows.sync import shipped_definitions

	for definition in shipped_definitions():
		assert issubclass(get_controller(definition["document_type"]), WorkflowGuard), definition["name"]


def test_the_tiers_lead_through_all_three_desks():
	make_budget({"amount": 50000})
	request = pending(25000)
	assert request.approval_tier == 3
	request = move(request, "Approve", user=HEAD)
	request = move(request, "Approve", user=FINANCE)
	assert request.workflow_state == "Pending General Manager"
	request = move(request, "Approve", user=GM)
	assert (request.docstatus, request.status_category) == (1, "Approved")
	assert move(request, "Reimburse", user=FINANCE).reimbursed_total == 25000
