"""Frappe's workflow engine as it is, holes included: the app's guard relies on knowing them."""

import frappe
import pytest
from crm_testing.customers import make_customer, make_user
from crm_testing.sales import make_transaction
from frappe.model.workflow import apply_workflow, get_transitions

pytestmark = pytest.mark.commits  # the engine adds a column for the state

NAME, CLERK, CHIEF = "Contract Transaction Approval", "clerk@contract.test", "chief@contract.test"
STATES = (("Contract Draft", "0", "CRM Sales User"), ("Contract Pending", "0", "CRM Manager"))
STATES += (("Contract Done", "1", "CRM Manager"), ("Contract Void", "2", "CRM Manager"))
STEPS = (
	("Contract Draft", "Contract Send", "Contract Pending", "CRM Sales User", ""),
	("Contract Pending", "Contract Approve", "Contract Done", "CRM Manager", "doc.amount <= 100"),
	("Contract Done", "Contract Revoke", "Contract Void", "CRM Manager", ""),
)


def build_workflow():
	for doctype, field, values in (
		("Workflow State", "workflow_state_name", {row[0] for row in STATES}),
		("Workflow Action Master", "workflow_action_name", {row[1] for row in STEPS}),
	):
		for value in values:
			if not frappe.db.exists(doctype, value):
				frappe.get_doc({"doctype": doctype, field: value}).insert()
	states = [{"state": state, "doc_status": status, "allow_edit": role} for state, status, role in STATES]
	keys = ("state", "action", "next_state", "allowed", "condition")
	steps = [dict(zip(keys, step, strict=True)) for step in STEPS]
	frappe.get_doc(
		{
			"doctype": "Workflow",
			"workflow_name": NAME,
			"document_type": "CRM Transaction",
			"is_active": 1,
			"workflow_state_field": "workflow_state",
			"states": states,
			"transitions": steps,
		}
	).insert()
	frappe.clear_cache()


def remove_workflow():
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.delete_doc("Workflow", NAME, force=True)
	field = frappe.db.exists("Custom Field", {"dt": "CRM Transaction", "fieldname": "workflow_state"})
	if field:
		frappe.delete_doc("Custom Field", field, force=True)
	for step in STEPS:
		frappe.db.delete("Workflow Action Master", {"name": step[1]})
	for state in STATES:
		frappe.db.delete("Workflow State", {"name": state[0]})
	frappe.db.commit()
	frappe.clear_cache()


@pytest.fixture(scope="module")
def workflow(site):
	frappe.set_user("Administrator")
	build_workflow()
	make_user(CLERK, "CRM Sales User")
	make_user(CHIEF, "CRM Manager", "CRM Sales User")
	frappe.db.commit()
	yield
	remove_workflow()
	for user in (CLERK, CHIEF):
		frappe.delete_doc("User", user, force=True)
	frappe.db.commit()


@pytest.fixture
def draft(workflow):
	return make_transaction(make_customer().name, submit=False)


def test_a_new_record_starts_in_the_first_state(draft):
	assert draft.workflow_state == "Contract Draft"


def test_a_new_record_cannot_start_later(workflow):
	with pytest.raises(frappe.ValidationError, match="not allowed"):
		make_transaction(make_customer().name, submit=False, workflow_state="Contract Pending")


def test_transitions_are_those_of_state_role_and_condition(draft, as_user):
	with as_user(CLERK):
		assert [step["action"] for step in get_transitions(draft)] == ["Contract Send"]
		sent = apply_workflow(draft, "Contract Send")
		assert sent.workflow_state == "Contract Pending"
		assert get_transitions(sent) == []
	with as_user(CHIEF):
		assert [step["action"] for step in get_transitions(sent)] == ["Contract Approve"]


def test_an_action_of_another_role_is_refused(draft, as_user):
	with as_user(CLERK):
		sent = apply_workflow(draft, "Contract Send")
		with pytest.raises(frappe.ValidationError, match="Not a valid Workflow Action"):
			apply_workflow(sent, "Contract Approve")


def test_an_action_whose_condition_fails_is_refused(workflow, as_user):
	big = make_transaction(
		make_customer().name,
		submit=False,
		items=[{"item_code": "X", "item_name": "X", "qty": 1, "rate": 500}],
	)
	sent = apply_workflow(big, "Contract Send")
	with as_user(CHIEF), pytest.raises(frappe.ValidationError, match="Not a valid Workflow Action"):
		apply_workflow(sent, "Contract Approve")


def test_states_submit_and_cancel(draft):
	done = apply_workflow(apply_workflow(draft, "Contract Send"), "Contract Approve")
	assert (done.docstatus, done.workflow_state) == (1, "Contract Done")
	void = apply_workflow(done, "Contract Revoke")
	assert (void.docstatus, void.workflow_state) == (2, "Contract Void")


def test_a_state_set_by_hand_must_be_a_transition(draft, as_user):
	draft.workflow_state = "Contract Done"
	with pytest.raises(frappe.ValidationError, match="not allowed"):
		draft.save()


def test_hole_a_a_bare_submit_skips_the_approval(draft):
	draft.submit()
	assert (draft.docstatus, draft.workflow_state) == (1, "Contract Done")


def test_hole_b_a_cancel_leaves_the_state(draft):
	draft.submit()
	draft.cancel()
	assert (draft.docstatus, draft.workflow_state) == (2, "Contract Done")


def test_hole_c_allow_edit_is_for_the_desk_only(draft, as_user):
	with as_user(CLERK):
		sent = apply_workflow(draft, "Contract Send")
		sent.channel = "Web"
		sent.save()
	assert frappe.db.get_value("CRM Transaction", draft.name, "channel") == "Web"


def test_hole_d_conditions_read_the_stored_record(draft, as_user):
	sent = apply_workflow(draft, "Contract Send")
	with as_user(CHIEF):
		sent = frappe.get_doc("CRM Transaction", sent.name)
		sent.items[0].rate = 5000
		sent.workflow_state = "Contract Done"
		sent.docstatus = 1
		sent.save()
	assert sent.amount == 10000 and sent.docstatus == 1
