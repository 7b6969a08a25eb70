"""Complaints by Cause and Overdue Complaints, through Frappe's own report runner."""

import frappe
import pytest
from crm_testing.customers import make_customer, make_user
from crm_testing.sales import make_store
from crm_testing.service import bring_to, make_complaint
from frappe.desk.query_report import run
from frappe.utils import add_to_date, now_datetime

CAUSES, OVERDUE = "Complaints by Cause", "Overdue Complaints"


def ago(hours: float):
	return add_to_date(now_datetime(), seconds=-int(hours * 3600))


@pytest.fixture
def store():
	"""Reports are narrowed to one store, so that the site's own complaints stay out."""
	return make_store("Report Store").name


def causes(store, **filters):
	result = run(CAUSES, filters={"store": store, **filters})
	return result, {row["cause"]: row for row in result["result"]}


def test_causes_are_counted_most_frequent_first_with_shares_that_add_up(store):
	for cause, number in (("Late Delivery", 3), ("Long Wait", 1)):
		for _ in range(number):
			make_complaint(store=store, cause=cause)
	make_complaint(store=store)
	result, rows = causes(store)
	assert [row["cause"] for row in result["result"]] == ["Late Delivery", "Long Wait", None]
	assert rows["Late Delivery"]["share"] == 60
	assert [row["cumulative"] for row in result["result"]] == [60, 80, 100]
	assert result["chart"]["data"]["datasets"][1]["values"] == [3, 4, 5]
	assert result["report_summary"][0]["value"] == 5


def test_days_compensation_and_satisfaction_are_summed_up(store):
	complaint = make_complaint(store=store, received_on=ago(48))
	complaint = bring_to(complaint, "Investigating")
	complaint.update({"compensation_type": "Refund", "compensation_amount": 120.5})
	complaint = bring_to_end(complaint)
	_result, rows = causes(store)
	row = rows["Late Delivery"]
	assert (row["days_to_resolve"], row["compensation"], row["satisfaction"]) == (2.0, 120.5, 4)
	assert (row["open"], row["late"]) == (0, 1)  # the first answer came after 48 hours


def bring_to_end(complaint):
	from crm_testing.service import READY, move

	complaint.update(READY["Resolved"] | READY["Archived"])
	complaint.save()
	for action in ("Resolve", "Ask Feedback", "Archive"):
		complaint = move(complaint, action)
	return complaint


def test_filters_narrow_the_count_and_a_number_leads_to_its_records(store):
	make_complaint(store=store, cause="Late Delivery", severity="High")
	make_complaint(store=store, cause="Late Delivery", severity="Low")
	old = make_complaint(store=store, cause="Late Delivery", received_on=ago(24 * 40))
	_result, rows = causes(store, severity="High")
	assert rows["Late Delivery"]["complaints"] == 1
	assert "severity=High" in rows["Late Delivery"]["complaints_route"]
	_result, rows = causes(store, to_date=str(old.received_on)[:10])
	assert rows["Late Delivery"]["complaints"] == 1


def test_a_period_that_ends_before_it_starts_is_refused(store):
	with pytest.raises(frappe.ValidationError, match="must not be after"):
		causes(store, from_date="2026-02-02", to_date="2026-02-01")


def test_no_complaints_are_an_empty_report(store):
	result, rows = causes(store)
	assert rows == {}
	assert not result["chart"]


def test_numbers_obey_the_row_rule(store, as_user):
	mine, theirs = (
		make_user("rep_sales1@test.crm", "CRM Sales User"),
		make_user("rep_sales2@test.crm", "CRM Sales User"),
	)
	for owner in (mine, theirs, theirs):
		customer = make_customer(account_manager=owner).name
		make_complaint(customer=customer, store=store, cause="Long Wait", received_on=ago(30))
	assert causes(store)[1]["Long Wait"]["complaints"] == 3
	with as_user(mine):
		assert causes(store)[1]["Long Wait"]["complaints"] == 1
		assert len(run(OVERDUE, filters={"store": store})["result"]) == 1


def test_staff_without_the_role_do_not_run_the_reports(as_user):
	with as_user(make_user("rep_staff@test.crm", "CRM Staff")):
		for report in (CAUSES, OVERDUE):
			with pytest.raises(frappe.PermissionError):
				run(report, filters={})


def test_overdue_and_nearly_overdue_complaints_are_listed_most_pressing_first(store):
	soon = make_complaint(store=store, received_on=ago(19), assigned_to="Administrator")
	late = make_complaint(store=store, received_on=ago(30))
	make_complaint(store=store, received_on=ago(1))
	answered = make_complaint(store=store, received_on=ago(30), first_responded_on=ago(29))
	result = run(OVERDUE, filters={"store": store})
	rows = result["result"]
	assert [row["complaint"] for row in rows] == [late.name, soon.name]
	assert answered.name not in [row["complaint"] for row in rows]
	assert [row["state_key"] for row in rows] == ["Overdue", "Due Soon"]
	assert rows[0]["hours_late"] == pytest.approx(6, abs=0.2)
	assert result["chart"]["data"]["labels"] == ["Nobody", "Administrator"]
	assert [card["value"] for card in result["report_summary"]] == [2, 1, 1, 1]
	assert len(run(OVERDUE, filters={"store": store, "state": "Overdue"})["result"]) == 1


def test_resolved_complaints_are_not_overdue_any_more(store):
	bring_to(make_complaint(store=store, received_on=ago(100)), "Resolved")
	assert run(OVERDUE, filters={"store": store})["result"] == []
