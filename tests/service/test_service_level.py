"""Terms, deadlines, holds and alerts of complaints."""

from datetime import timedelta

import frappe
import pytest
from crm_testing.customers import make_customer, make_user
from crm_testing.membership import make_card
from crm_testing.service import bring_to, make_calendar, make_complaint, make_service_level, move
from frappe.utils import add_to_date, get_datetime, now_datetime

from crm_app.crm_service import alerts, service_level, stage_rules

HOUR = timedelta(hours=1)


@pytest.fixture
def clock(monkeypatch):
	"""Sets the time that the service level rules see."""

	def set_to(moment):
		for module in (alerts, service_level, stage_rules):
			monkeypatch.setattr(module, "now_datetime", lambda: get_datetime(moment))

	return set_to


def open_for(hours: float, **values):
	return make_complaint(received_on=add_to_date(now_datetime(), seconds=-int(hours * 3600)), **values)


def state_of(complaint):
	return frappe.db.get_value("Complaint", complaint.name, "service_level_state")


def test_the_first_answer_is_due_in_24_hours_by_default():
	complaint = make_complaint()
	assert complaint.service_level == "Standard"
	assert get_datetime(complaint.respond_by) - get_datetime(complaint.received_on) == 24 * HOUR


def test_without_any_service_level_24_hours_still_hold():
	frappe.db.set_single_value("CRM Settings", "default_service_level", "")
	frappe.clear_document_cache("CRM Settings", "CRM Settings")
	complaint = make_complaint()
	assert not complaint.service_level
	assert get_datetime(complaint.respond_by) - get_datetime(complaint.received_on) == 24 * HOUR


def test_a_severe_complaint_is_due_sooner():
	complaint = make_complaint(severity="Critical")
	assert get_datetime(complaint.respond_by) - get_datetime(complaint.received_on) == 2 * HOUR


def test_members_of_a_tier_get_its_service_level():
	customer = make_customer().name
	card = make_card(customer)
	card.activate()
	make_service_level("For the Tier", membership_tier=card.tier, first_response_hours=1)
	assert make_complaint(customer=customer).service_level == "For the Tier"
	assert make_complaint().service_level == "Standard"


def test_deadlines_are_counted_in_working_time():
	make_service_level(working_calendar=make_calendar().name)
	complaint = make_complaint(service_level="Test Level", received_on="2026-06-12 15:00:00")  # a Friday
	assert get_datetime(complaint.respond_by) == get_datetime("2026-06-15 11:00:00")
	assert get_datetime(complaint.resolve_by) == get_datetime("2026-06-16 15:00:00")


def test_a_calendar_of_another_time_zone_works_by_its_own_clock():
	calendar = make_calendar(time_zone="America/New_York", days="Monday")
	make_service_level(working_calendar=calendar.name)
	complaint = make_complaint(service_level="Test Level", received_on="2026-06-01 00:00:00")
	zone = frappe.utils.get_system_timezone()
	if zone != "Asia/Shanghai":
		pytest.skip("the site does not stand in China")
	assert get_datetime(complaint.respond_by) == get_datetime("2026-06-02 01:00:00")


def test_terms_are_copied_and_later_changes_of_the_level_leave_the_case_alone():
	level = make_service_level()
	complaint = make_complaint(service_level=level.name)
	due = get_datetime(complaint.respond_by)
	level.first_response_hours = 1
	level.save()
	complaint = frappe.get_doc("Complaint", complaint.name)
	complaint.subject = "Edited"
	complaint.save()
	assert get_datetime(complaint.respond_by) == due
	complaint.severity = "Critical"
	complaint.save()
	assert complaint.first_response_hours == 1


def test_time_on_hold_extends_the_deadlines(clock):
	make_service_level(working_calendar=make_calendar().name)
	complaint = make_complaint(service_level="Test Level", received_on="2026-06-08 09:00:00")
	complaint.hold_reason = "Waits for the courier"
	clock("2026-06-08 10:00:00")
	complaint = bring_to(complaint, "Investigating")
	complaint.hold_reason = "Waits for the courier"
	complaint.save()
	complaint = move(complaint, "Put on Hold")
	assert (complaint.status_category, complaint.service_level_state) == ("Paused", "On Hold")
	clock("2026-06-09 11:00:00")
	complaint = move(complaint, "Resume")
	assert complaint.status_category == "Open"
	assert complaint.holds[0].working_hours == 9  # 7 on Monday, 2 on Tuesday
	# 16 hours from Monday 9:00 and 9 more on hold: 25 working hours.
	assert get_datetime(complaint.resolve_by) == get_datetime("2026-06-11 10:00:00")
	assert not complaint.hold_reason


def test_holding_needs_a_reason():
	complaint = bring_to(make_complaint(), "Investigating")
	with pytest.raises(frappe.MandatoryError, match="Reason for Hold"):
		move(complaint, "Put on Hold")


def test_states_tell_on_time_from_due_soon_overdue_kept_and_missed():
	assert make_complaint().service_level_state == "On Time"
	assert open_for(19).service_level_state == "Due Soon"
	late = open_for(25)
	assert late.service_level_state == "Overdue"
	assert bring_to(late, "Resolved").service_level_state == "Missed"
	assert bring_to(make_complaint(), "Resolved").service_level_state == "Kept"


def test_alerts_are_written_once_however_often_the_job_runs():
	complaint = open_for(19, assigned_to="Administrator")
	alerts.raise_alerts()
	first = frappe.get_all(
		"Complaint Alert", filters={"complaint": complaint.name}, fields=["target", "percent"]
	)
	assert {(row.target, row.percent) for row in first} == {("First Answer", 50), ("First Answer", 75)}
	alerts.raise_alerts()
	assert frappe.db.count("Complaint Alert", {"complaint": complaint.name}) == 2


def test_an_alert_that_is_there_already_is_not_written_by_a_second_job():
	complaint = open_for(25)
	row = frappe.get_all("Complaint", filters={"name": complaint.name}, fields=alerts.CASE_FIELDS)[0]
	targets = service_level.targets_of(row, [], now_datetime())
	assert len(alerts._new_alerts(row, targets, set(), now_datetime())) == 3
	assert alerts._new_alerts(row, targets, set(), now_datetime()) == []


def test_a_breach_turns_up_in_the_state_without_anybody_saving(clock):
	complaint = make_complaint()
	clock(add_to_date(now_datetime(), hours=30))
	alerts.raise_alerts()
	assert state_of(complaint) == "Overdue"


def test_paused_resolved_and_answered_promises_raise_no_alert():
	answered = open_for(30, first_responded_on=add_to_date(now_datetime(), hours=-29))
	resolved = bring_to(open_for(100), "Resolved")
	held = bring_to(open_for(30), "Investigating")
	held.hold_reason = "Waits"
	held.save()
	move(held, "Put on Hold")
	alerts.raise_alerts()
	for complaint in (answered, resolved, held):
		names = frappe.get_all(
			"Complaint Alert", filters={"complaint": complaint.name, "target": "First Answer"}, pluck="name"
		)
		assert names == []


def test_each_person_gets_one_notice_that_names_the_highest_level():
	person = make_user("alert_person@test.crm", "CRM Service User")
	for _ in range(3):
		open_for(25, assigned_to=person)
	alerts.raise_alerts()
	notices = frappe.get_all(
		"Notification Log", filters={"for_user": person}, fields=["subject", "email_content"]
	)
	assert len(notices) == 1
	assert "3" in notices[0].subject
	assert notices[0].email_content.count("<br>") == 2


def test_the_service_level_refuses_terms_that_make_no_sense():
	with pytest.raises(frappe.ValidationError, match="more than 0"):
		make_service_level(first_response_hours=0)
	with pytest.raises(frappe.ValidationError, match="after the resolution"):
		make_service_level(first_response_hours=20)
	row = {"severity": "High", "first_response_hours": 1, "resolution_hours": 2}
	with pytest.raises(frappe.ValidationError, match="twice"):
		make_service_level(targets=[row, row])


@pytest.mark.parametrize(
	("values", "message"),
	[
		({"time_zone": "Mars/Base"}, "time zone"),
		({"hours": []}, "working hours"),
		({"hours": [{"weekday": "Monday", "start_time": "10:00:00", "end_time": "09:00:00"}]}, "Row 1"),
		(
			{
				"hours": [
					{"weekday": "Monday", "start_time": "09:00:00", "end_time": "12:00:00"},
					{"weekday": "Monday", "start_time": "11:00:00", "end_time": "13:00:00"},
				]
			},
			"Row 2",
		),
		({"holidays": [{"holiday_date": "2026-10-01"}, {"holiday_date": "2026-10-01"}]}, "Row 2"),
	],
)
def test_the_calendar_refuses_hours_that_make_no_sense(values, message):
	with pytest.raises(frappe.ValidationError, match=message):
		make_calendar(**values)


def test_a_holiday_and_a_make_up_day_move_the_deadline():
	calendar = make_calendar(
		holidays=[
			{"holiday_date": "2026-06-15", "description": "Dragon Boat"},
			{"holiday_date": "2026-06-13", "works_like": "Friday"},
		]
	)
	make_service_level(working_calendar=calendar.name)
	complaint = make_complaint(service_level="Test Level", received_on="2026-06-12 15:00:00")
	assert get_datetime(complaint.respond_by) == get_datetime("2026-06-13 11:00:00")
	assert get_datetime(complaint.resolve_by) == get_datetime("2026-06-16 15:00:00")


def test_seeding_twice_changes_nothing_and_a_deleted_cause_stays_away():
	from crm_app.crm_service.setup import seed

	frappe.db.set_value("Complaint Cause", "Long Wait", "default_severity", "High")
	frappe.delete_doc("Complaint Cause", "Rude or Careless Staff")
	seed()
	assert frappe.db.get_value("Complaint Cause", "Long Wait", "default_severity") == "High"
	assert not frappe.db.exists("Complaint Cause", "Rude or Careless Staff")


def test_the_reads_of_the_job_do_not_grow_with_the_number_of_complaints():
	open_for(1)
	alerts.raise_alerts()
	few = count_reads(alerts.raise_alerts)
	customer = make_customer().name
	for _ in range(20):
		open_for(1, customer=customer)
	assert count_reads(alerts.raise_alerts) == few


def count_reads(function) -> int:
	reads, real = [], frappe.db.sql
	frappe.db.sql = lambda query, *args, **kwargs: reads.append(query) or real(query, *args, **kwargs)
	try:
		function()
	finally:
		frappe.db.sql = real
	return len(reads)


def test_everything_that_is_seeded_is_remembered_from_the_installation_on():
	from crm_app.crm_service.setup import CAUSES
	from crm_app.utils.seed import is_shipped

	assert [name for name, *_rest in CAUSES if not is_shipped("Complaint Cause", name)] == []
