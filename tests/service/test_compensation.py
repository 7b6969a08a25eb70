"""No compensation beyond the limit without somebody else's approval."""

import frappe
import pytest
from crm_testing.customers import make_user
from crm_testing.service import bring_to, make_complaint, move
from frappe.model.workflow import WorkflowTransitionError

SERVICE, OTHER_SERVICE, MANAGER = "comp_service@test.crm", "comp_other@test.crm", "comp_manager@test.crm"


@pytest.fixture
def case(as_user):
	"""A complaint under investigation by a service user, and the people around it."""
	frappe.db.set_single_value("CRM Settings", "compensation_limit", 200)
	make_user(SERVICE, "CRM Service User")
	make_user(MANAGER, "CRM Manager")
	complaint = make_complaint(assigned_to=SERVICE)
	return bring_to(complaint, "Investigating")


def ask_for(complaint, amount):
	complaint.update(
		{
			"compensation_type": "Refund",
			"compensation_amount": amount,
			"cause": "Late Delivery",
			"resolution": "Refund",
			"corrective_action": "Refund",
		}
	)
	complaint.save()
	return complaint


def test_a_small_compensation_needs_nobody(case):
	case = ask_for(case, 200)
	assert not case.compensation_needs_approval
	assert move(case, "Resolve").stage == "Resolved"


def test_a_large_compensation_is_not_paid_without_approval(case):
	case = ask_for(case, 200.01)
	assert case.compensation_needs_approval
	with pytest.raises(frappe.ValidationError):
		move(case, "Resolve")


def test_a_manager_approves_and_the_approval_is_recorded(case, as_user):
	case = move(ask_for(case, 500), "Request Compensation")
	assert (case.stage, case.status_category) == ("Compensation", "Open")
	with as_user(MANAGER):
		case = move(frappe.get_doc("Complaint", case.name), "Approve Compensation")
	assert case.compensation_approved_by == MANAGER
	assert case.compensation_approved_amount == 500
	assert move(case, "Resolve").stage == "Resolved"


def test_nobody_approves_what_they_asked_for(case, as_user):
	frappe.get_doc("User", MANAGER).add_roles("CRM Service User")
	with as_user(MANAGER):
		case = move(ask_for(frappe.get_doc("Complaint", case.name), 500), "Request Compensation")
		assert case.compensation_requested_by == MANAGER
		with pytest.raises(frappe.PermissionError, match="own record"):
			move(case, "Approve Compensation")


def test_a_service_user_cannot_approve(case, as_user):
	case = move(ask_for(case, 500), "Request Compensation")
	with as_user(SERVICE), pytest.raises(WorkflowTransitionError):
		move(frappe.get_doc("Complaint", case.name), "Approve Compensation")


def test_the_amount_cannot_change_while_it_waits_nor_grow_after_approval(case):
	case = move(ask_for(case, 500), "Request Compensation")
	case.compensation_amount = 5000
	with pytest.raises(frappe.ValidationError, match="waits for approval"):
		case.save()
	case = frappe.get_doc("Complaint", case.name)
	case.db_set("owner", "somebody@test.crm")
	case = move(frappe.get_doc("Complaint", case.name), "Approve Compensation")
	case.compensation_amount = 5000
	with pytest.raises(frappe.ValidationError, match="not approved"):
		case.save()
	case.reload()
	case.compensation_amount = 450
	case.save()


def test_raising_the_amount_in_the_very_step_of_approval_is_refused(case, as_user):
	case = move(ask_for(case, 500), "Request Compensation")
	with as_user(MANAGER):
		case = frappe.get_doc("Complaint", case.name)
		case.compensation_amount = 50000
		case.workflow_state = "Compensation Approved"
		with pytest.raises(frappe.ValidationError):
			case.save()


def test_a_rejected_compensation_leads_back_to_the_investigation(case, as_user):
	case = move(ask_for(case, 500), "Request Compensation")
	with as_user(MANAGER):
		case = move(frappe.get_doc("Complaint", case.name), "Reject Compensation")
	assert case.stage == "Investigating"
	assert not case.compensation_approved_amount
	assert case.investigated_on


@pytest.mark.parametrize(
	("values", "exception"),
	[
		({"compensation_amount": 10}, frappe.MandatoryError),
		({"compensation_amount": -10, "compensation_type": "Refund"}, frappe.ValidationError),
	],
)
def test_a_compensation_without_type_or_below_zero_is_refused(values, exception):
	with pytest.raises(exception):
		make_complaint(**values)
