"""The report Budget Position."""

import frappe
import pytest
from crm_testing.finance import make_budget, make_category, make_request, move, set_limits
from crm_testing.hosts import acting_as
from crm_testing.workforce import make_company, make_department
from frappe.desk.query_report import run

HEAD, STAFF = "head@example.com", "staff@example.com"


@pytest.fixture(autouse=True)
def company(people):
	set_limits()
	return make_company()


def report(**filters):
	answer = run("Budget Position", filters=filters)
	return frappe._dict(answer, rows=[row for row in answer["result"] if isinstance(row, dict)])


def test_it_shows_what_is_budgeted_used_and_left():
	make_category("Test Travel")
	make_budget({"amount": 1000}, {"category": "Test Travel", "amount": 500})
	move(make_request(250), "Submit for Approval", user=STAFF)
	answer = report(department="Test Sales")
	gifts = next(row for row in answer.rows if row["category"] == "Test Gifts")
	figures = [gifts[key] for key in ("budget", "reserved", "committed", "spent", "available", "used")]
	assert figures == [1000, 250, 0, 0, 750, 25.0]
	assert [card["value"] for card in answer.report_summary] == [1500, 250, 0, 0, 1250]
	assert [sum(d["values"]) for d in answer.chart["data"]["datasets"]] == [0, 0, 250, 1250]


def test_filters_narrow_it_and_no_budget_is_no_error():
	make_category("Test Travel")
	make_budget({"amount": 1000}, {"category": "Test Travel", "amount": 500})
	assert len(report(department="Test Sales", category="Test Travel").rows) == 1
	assert report(fiscal_year=1999).rows == []


@pytest.mark.parametrize("year", ["abc", "20x6", "-1", "2026.5"])
def test_what_is_no_year_is_refused(year):
	with pytest.raises(frappe.ValidationError, match="Fiscal Year"):
		report(fiscal_year=year)


def test_an_amount_leads_to_its_entries():
	make_budget({"amount": 1000})
	move(make_request(250), "Submit for Approval", user=STAFF)
	row = report(department="Test Sales").rows[0]
	filters = {"balance": row["line"], "kind": "Reserve"}
	assert row["reserved_route"].endswith(f"balance={row['line']}&kind=Reserve")
	assert frappe.get_all("CRM Budget Entry", filters=filters, pluck="amount") == [250]


def test_overspent_lines_are_counted():
	make_budget({"amount": 100, "control": "Warn"})
	move(make_request(250), "Submit for Approval", user=STAFF)
	assert "1" in report(department="Test Sales").message


def test_a_head_sees_the_own_department_and_staff_nothing():
	make_department("Test Elsewhere")
	make_budget()
	make_budget(department="Test Elsewhere")
	with acting_as(HEAD):
		assert {row["department"] for row in report().rows} == {"Test Sales"}
	with acting_as(STAFF), pytest.raises(frappe.PermissionError):
		report()
