"""The complaint along its stages, on the server."""

import frappe
import pytest
from crm_testing.customers import make_customer, make_interaction, make_user
from crm_testing.service import bring_to, make_complaint, move
from frappe.utils import add_days, add_to_date, get_datetime, now_datetime


def test_a_complaint_goes_from_received_to_archived_and_dates_every_stage():
	complaint = bring_to(make_complaint(), "Archived")
	assert (complaint.stage, complaint.status_category) == ("Archived", "Closed")
	for fieldname in ("classified_on", "investigated_on", "resolved_on", "feedback_on", "archived_on"):
		assert complaint.get(fieldname), fieldname


@pytest.mark.parametrize(
	("reached", "action", "missing", "label"),
	[
		(None, "Classify", "category", "Category"),
		("Classified", "Investigate", "assigned_to", "Person in Charge"),
		("Investigating", "Resolve", "cause", "Cause"),
	],
)
def test_a_stage_is_not_reached_while_something_it_needs_is_missing(reached, action, missing, label):
	complaint = make_complaint()
	if reached:
		complaint = bring_to(complaint, reached)
	with pytest.raises(frappe.MandatoryError, match=label):
		move(complaint, action)


def test_what_an_earlier_stage_needs_cannot_be_taken_away_later():
	complaint = bring_to(make_complaint(), "Investigating")
	complaint.category = ""
	with pytest.raises(frappe.MandatoryError, match="Category"):
		complaint.save()


def test_an_empty_editor_is_no_resolution():
	complaint = bring_to(make_complaint(), "Investigating")
	complaint.update({"cause": "Late Delivery", "corrective_action": "x", "resolution": "<p>&nbsp;<br></p>"})
	complaint.save()
	with pytest.raises(frappe.MandatoryError, match="Resolution"):
		move(complaint, "Resolve")


def test_resolving_needs_a_corrective_action():
	complaint = bring_to(make_complaint(), "Investigating")
	complaint.update({"cause": "Late Delivery", "resolution": "Done"})
	complaint.save()
	with pytest.raises(frappe.MandatoryError, match="corrective action"):
		move(complaint, "Resolve")
	complaint = frappe.get_doc("Complaint", complaint.name)
	complaint.append(
		"actions", {"action_type": "Corrective", "description": "Courier", "action_status": "Done"}
	)
	complaint.save()
	assert complaint.actions[0].completed_on
	assert move(complaint, "Resolve").stage == "Resolved"


def test_archiving_needs_satisfaction_and_finished_actions():
	complaint = bring_to(make_complaint(), "Feedback")
	with pytest.raises(frappe.MandatoryError, match="satisfaction"):
		move(complaint, "Archive")
	complaint = frappe.get_doc("Complaint", complaint.name)
	complaint.feedback_unreachable = 1
	complaint.append("actions", {"action_type": "Preventive", "description": "New courier"})
	complaint.save()
	with pytest.raises(frappe.ValidationError, match="Row 1"):
		move(complaint, "Archive")


def test_a_reopened_complaint_is_open_again_and_the_time_it_was_resolved_does_not_count():
	complaint = bring_to(make_complaint(), "Resolved")
	frappe.db.set_value("Complaint", complaint.name, "resolved_on", add_days(now_datetime(), -2))
	complaint = frappe.get_doc("Complaint", complaint.name)
	before = get_datetime(complaint.resolve_by)
	complaint = move(complaint, "Reopen")
	assert (complaint.status_category, complaint.reopened_count) == ("Open", 1)
	assert not complaint.resolved_on
	assert complaint.holds[0].kind == "Reopened"
	# The span before it was received is no time on hold.
	assert get_datetime(complaint.resolve_by) >= before


def test_stage_dates_and_approvals_sent_by_a_client_are_taken_back():
	complaint = make_complaint(
		stage="Archived",
		resolved_on="2020-01-01 00:00:00",
		compensation_approved_amount=9999,
		reopened_count=7,
	)
	complaint.reload()
	assert (complaint.stage, complaint.status_category) == ("Received", "Open")
	assert not complaint.resolved_on
	assert not complaint.compensation_approved_amount
	complaint.update(
		{"status_category": "Closed", "respond_by": "2099-01-01 00:00:00", "archived_on": now_datetime()}
	)
	complaint.append("holds", {"held_from": "2020-01-01 00:00:00", "held_until": "2030-01-01 00:00:00"})
	complaint.save()
	complaint.reload()
	assert complaint.status_category == "Open"
	assert not complaint.archived_on
	assert not complaint.holds
	assert get_datetime(complaint.respond_by).year != 2099


@pytest.mark.parametrize("fieldname", ["received_on", "first_responded_on"])
def test_dates_in_the_future_are_refused(fieldname):
	with pytest.raises(frappe.ValidationError, match="future"):
		make_complaint(**{fieldname: add_days(now_datetime(), 1)})


def test_the_first_answer_is_not_before_the_complaint():
	with pytest.raises(frappe.ValidationError, match="before"):
		make_complaint(first_responded_on=add_days(now_datetime(), -1))


@pytest.mark.parametrize("satisfaction", [-1, 6])
def test_satisfaction_lies_between_one_and_five(satisfaction):
	with pytest.raises(frappe.ValidationError):
		make_complaint(satisfaction=satisfaction)


def test_a_card_of_another_customer_is_refused():
	from crm_testing.membership import make_card

	card = make_card(make_customer(customer_name="Wang Fang").name)
	with pytest.raises(frappe.ValidationError, match="another customer"):
		make_complaint(member_card=card.name)


def test_an_outgoing_interaction_is_the_first_answer_and_an_incoming_one_is_not():
	complaint = make_complaint(received_on=add_to_date(now_datetime(), hours=-2))
	about = {
		"reference_doctype": "Complaint",
		"reference_name": complaint.name,
		"occurred_on": now_datetime(),
	}
	make_interaction(complaint.customer, direction="Incoming", **about)
	assert not frappe.db.get_value("Complaint", complaint.name, "first_responded_on")
	make_interaction(complaint.customer, direction="Outgoing", **about)
	assert frappe.db.get_value("Complaint", complaint.name, "first_responded_on")


def test_text_with_script_is_stored_harmless():
	complaint = make_complaint(description="<p>Bad<script>alert(1)</script></p>")
	complaint.reload()
	assert "<script" not in complaint.description


def test_a_sales_user_sees_complaints_of_own_customers_only(as_user):
	mine, theirs = (
		make_user("svc_sales1@test.crm", "CRM Sales User"),
		make_user("svc_sales2@test.crm", "CRM Sales User"),
	)
	own = make_complaint(customer=make_customer(customer_name="Mine", account_manager=mine).name)
	other = make_complaint(customer=make_customer(customer_name="Theirs", account_manager=theirs).name)
	with as_user(mine):
		seen = frappe.get_list("Complaint", pluck="name")
		assert own.name in seen
		assert other.name not in seen
		assert not frappe.has_permission("Complaint", "read", doc=other.name)


def test_a_marketing_user_cannot_change_a_complaint(as_user):
	complaint = make_complaint()
	with as_user(make_user("svc_marketing@test.crm", "CRM Marketing User")):
		complaint = frappe.get_doc("Complaint", complaint.name)
		complaint.subject = "Nothing happened"
		with pytest.raises(frappe.PermissionError):
			complaint.save()


def test_buttons_check_the_right_to_write(as_user):
	from crm_app.crm_service.doctype.complaint import actions

	complaint = make_complaint()
	with as_user(make_user("svc_marketing@test.crm", "CRM Marketing User")):
		for action in (actions.record_first_answer, actions.take_over, actions.refresh_deadlines):
			with pytest.raises(frappe.PermissionError):
				action(frappe.as_json({"doctype": "Complaint", "name": complaint.name}))
	with as_user(make_user("svc_service@test.crm", "CRM Service User")):
		actions.take_over(frappe.as_json(complaint.as_dict()))
		actions.record_first_answer({"name": complaint.name})
	complaint.reload()
	assert complaint.assigned_to == "svc_service@test.crm"
	assert complaint.first_responded_on


def test_logic_follows_the_stage_when_an_administrator_renames_a_state():
	frappe.get_doc({"doctype": "Workflow State", "workflow_state_name": "Looking Into It"}).insert()
	workflow = frappe.get_doc("Workflow", "Complaint Handling")
	for row in workflow.states:
		row.state = "Looking Into It" if row.state == "Investigating" else row.state
	for row in workflow.transitions:
		row.state = "Looking Into It" if row.state == "Investigating" else row.state
		row.next_state = "Looking Into It" if row.next_state == "Investigating" else row.next_state
	workflow.save()
	complaint = bring_to(make_complaint(), "Investigating")
	assert (complaint.workflow_state, complaint.stage) == ("Looking Into It", "Investigating")
	assert bring_to_archive(complaint).status_category == "Closed"


def bring_to_archive(complaint):
	from crm_testing.service import READY

	complaint.update(READY["Resolved"] | READY["Archived"])
	complaint.save()
	for action in ("Resolve", "Ask Feedback", "Archive"):
		complaint = move(complaint, action)
	return complaint
