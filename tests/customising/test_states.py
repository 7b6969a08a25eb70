"""Renaming, removing and doubling states while records are in them; the field that holds the state."""

import frappe
import pytest
from crm_testing.finance import make_budget, make_request, move, set_limits
from crm_testing.hosts import acting_as
from crm_testing.workforce import make_company
from frappe.model.workflow import apply_workflow

from crm_app.workflows import queue

WORKFLOW, OLD, NEW = "Expense Request Approval", "Pending Department Head", "待部门审批"
HEAD, STAFF = "head@example.com", "staff@example.com"


@pytest.fixture(autouse=True)
def company(people):
	set_limits()
	make_company()
	make_budget({"amount": 90000})
	for name in (NEW, "Parked"):
		if not frappe.db.exists("Workflow State", name):
			frappe.get_doc({"doctype": "Workflow State", "workflow_state_name": name}).insert()
	yield
	frappe.clear_cache(doctype="Expense Request")


@pytest.fixture
def request_of_staff():
	return move(make_request(1000), "Submit for Approval", user=STAFF)


def edit(change, name=WORKFLOW):
	workflow = frappe.get_doc("Workflow", name)
	change(workflow)
	workflow.save()
	frappe.clear_cache(doctype=workflow.document_type)
	return workflow


def rename(workflow, old=OLD, new=NEW):
	for row in workflow.states:
		if row.state == old:
			row.state = new


def drop(workflow, old=OLD, instead="Pending Finance"):
	workflow.set("states", [row for row in workflow.states if row.state != old])
	workflow.set("transitions", [row for row in workflow.transitions if row.state != old])
	for row in workflow.transitions:
		if row.next_state == old:
			row.next_state = instead


def test_records_move_along_when_a_state_is_renamed(request_of_staff):
	modified = request_of_staff.modified
	workflow = edit(rename)
	stored = frappe.get_doc("Expense Request", request_of_staff.name)
	assert (stored.workflow_state, stored.modified) == (NEW, modified)
	assert OLD not in {state for row in workflow.transitions for state in (row.state, row.next_state)}
	assert "1 records moved" in str(frappe.local.message_log)
	with acting_as(HEAD):
		assert stored.name in {item["doc"].name for item in queue.waiting_for()}
		assert apply_workflow(stored, "Approve").status_category == "Approved"


def test_a_state_with_a_row_for_each_editor_is_renamed_in_all_of_them():
	budget = make_budget(approve=False)
	edit(lambda workflow: rename(workflow, "Draft"), "CRM Budget Approval")
	assert frappe.db.get_value("CRM Budget", budget.name, "workflow_state") == NEW
	frappe.get_doc("CRM Budget", budget.name).save()


def test_a_row_taken_out_of_a_state_of_several_rows_is_no_renaming():
	budget = make_budget(approve=False)

	def split(workflow):
		row = next(row for row in workflow.states if row.state == "Draft")
		row.update({"state": "Parked"})
		workflow.append(
			"transitions",
			{
				"state": "Parked",
				"action": "Submit for Approval",
				"next_state": "Draft",
				"allowed": "CRM Staff",
			},
		)

	edit(split, "CRM Budget Approval")
	assert frappe.db.get_value("CRM Budget", budget.name, "workflow_state") == "Draft"


def test_a_state_that_records_are_in_cannot_go(request_of_staff):
	frappe.db.savepoint("before_the_edit")  # Frappe switches a workflow off before it is judged
	with pytest.raises(frappe.ValidationError, match=f"1 records are in state {OLD}"):
		edit(drop)
	frappe.db.rollback(save_point="before_the_edit")
	assert frappe.db.get_value("Expense Request", request_of_staff.name, "workflow_state") == OLD
	move(request_of_staff, "Approve", user=HEAD)
	edit(drop)


def test_two_names_changed_for_one_another_move_nobody(request_of_staff):
	def swap(workflow):
		rows = {row.state: row for row in workflow.states}
		rows[OLD].state, rows["Pending Finance"].state = "Pending Finance", OLD

	edit(swap)
	assert frappe.db.get_value("Expense Request", request_of_staff.name, "workflow_state") == OLD


def test_another_workflow_must_have_the_states_that_records_are_in(request_of_staff):
	shipped = frappe.get_doc("Workflow", WORKFLOW)
	own = frappe.copy_doc(shipped)
	own.workflow_name = "My Approval"
	rename(own)
	for row in own.transitions:
		for key in ("state", "next_state"):
			if row.get(key) == OLD:
				row.set(key, NEW)
	with pytest.raises(frappe.ValidationError, match=f"1 records are in state {OLD}"):
		own.insert()


def test_the_doc_status_of_a_state_does_not_change_under_its_records(request_of_staff):
	request = move(request_of_staff, "Approve", user=HEAD)
	move(request, "Cancel")

	def change(workflow):
		rows = {row.state: row for row in workflow.states}
		rows["Cancelled"].update({"doc_status": "0"})
		workflow.set("transitions", [row for row in workflow.transitions if row.next_state != "Cancelled"])

	with pytest.raises(frappe.ValidationError, match=r"Doc Status"):
		edit(change)


def test_the_new_name_may_be_changed_again_and_back(request_of_staff):
	edit(rename)
	edit(lambda workflow: rename(workflow, NEW, OLD))
	assert frappe.db.get_value("Expense Request", request_of_staff.name, "workflow_state") == OLD


@pytest.mark.parametrize(
	"fieldname", ["status_category", "approval_place", "purpose", "total_amount", "lines"]
)
def test_only_the_field_of_the_state_holds_the_state(request_of_staff, fieldname):
	def change(workflow):
		workflow.workflow_state_field = fieldname

	with pytest.raises(frappe.ValidationError, match="workflow_state"):
		edit(change)
	assert not frappe.db.exists("Custom Field", {"dt": "Expense Request", "fieldname": fieldname})
	assert frappe.db.get_value("Expense Request", request_of_staff.name, "status_category") == "Pending"


def test_a_workflow_of_ones_own_keeps_its_state_in_no_other_field():
	own = frappe.copy_doc(frappe.get_doc("Workflow", WORKFLOW))
	own.update(
		{"workflow_name": "Sales", "document_type": "CRM Transaction", "workflow_state_field": "channel"}
	)
	with pytest.raises(frappe.ValidationError, match="channel does not hold the state"):
		own.insert()


def test_a_state_listed_twice_with_another_meaning_is_refused():
	def double(workflow):
		workflow.append(
			"states",
			{
				"state": OLD,
				"doc_status": "1",
				"allow_edit": "CRM Staff",
				"update_field": "status_category",
				"update_value": "Approved",
			},
		)

	with pytest.raises(frappe.ValidationError, match="listed twice"):
		edit(double)


def test_approvals_that_are_never_open_are_refused():
	def close(workflow):
		for row in workflow.transitions:
			if row.action == "Approve":
				row.condition = "False"

	with pytest.raises(frappe.ValidationError, match="submitted state"):
		edit(close)
