"""Eight processes at once: the budget holds. Real commits on real connections, cleaned up afterwards."""

import frappe
import pytest
from crm_testing.finance import make_budget, make_request, move, set_limits
from crm_testing.race import race
from crm_testing.workforce import make_company

from crm_app.crm_finance import ledger

pytestmark = [pytest.mark.commits, pytest.mark.slow]
KINDS = ("CRM Budget Entry", "CRM Budget Balance", "CRM Budget", "Expense Request", "CRM Employee")
DEPARTMENT, HEAD, STAFF = "Race Department", "head@example.com", "staff@example.com"
PROCESSES = 8


@pytest.fixture(autouse=True)
def company(people):
	before = frappe.get_doc("CRM Settings")
	sweep()
	set_limits(head=100000, finance=200000)
	made = make_company(DEPARTMENT)
	frappe.db.commit()
	yield made
	frappe.db.rollback()
	sweep()
	set_limits(before.tier1_limit or 2000, before.tier2_limit or 20000)
	frappe.db.commit()


def sweep():
	for doctype in ("Expense Request", "CRM Budget"):
		names = frappe.get_all(doctype, filters={"department": DEPARTMENT}, pluck="name")
		if names:
			frappe.db.delete(f"{doctype} Line", {"parent": ["in", names]})
			frappe.db.delete("Comment", {"reference_doctype": doctype, "reference_name": ["in", names]})
	for doctype in (
		"CRM Budget Entry",
		"CRM Budget Balance",
		"CRM Budget",
		"Expense Request",
		"CRM Employee",
	):
		frappe.db.delete(doctype, {"department": DEPARTMENT})
	frappe.db.delete("CRM Department", {"name": DEPARTMENT})
	frappe.db.commit()


def requests_of_60_percent(*actions):
	"""Amounts differ by a cent, so that none looks like a duplicate."""
	made = [make_request(600 + number / 100) for number in range(PROCESSES)]
	return [move(request, *actions, user=STAFF) for request in made]


def all_at_once(site, folder, requests, action, user):
	frappe.db.commit()
	jobs = [{"user": user, "doctype": r.doctype, "name": r.name, "action": action} for r in requests]
	results = race(site, jobs, folder)
	frappe.db.rollback()
	return results


def assert_exactly_one_passed(results):
	passed = [result for result in results if result["ok"]]
	assert len(passed) == 1, results
	assert {result["error"] for result in results if not result["ok"]} == {"BudgetExceeded"}, results


def used():
	fields = ["amount", "reserved", "committed", "spent", "available"]
	return frappe.get_all("CRM Budget Balance", filters={"department": DEPARTMENT}, fields=fields)[0]


def test_of_eight_approvals_of_60_percent_exactly_one_passes(site, tmp_path):
	"""They were waiting before there was a budget, so that nothing is reserved yet."""
	waiting = requests_of_60_percent("Submit for Approval")
	make_budget({"amount": 1000}, department=DEPARTMENT)
	assert_exactly_one_passed(all_at_once(site, tmp_path, waiting, "Approve", HEAD))
	assert 600 <= used().committed <= 600.07 and used().reserved == 0
	assert ledger.audit() == []


def test_of_eight_submissions_of_60_percent_exactly_one_reserves(site, tmp_path):
	drafts = requests_of_60_percent()
	make_budget({"amount": 1000}, department=DEPARTMENT)
	assert_exactly_one_passed(all_at_once(site, tmp_path, drafts, "Submit for Approval", STAFF))
	assert 600 <= used().reserved <= 600.07
	assert ledger.audit() == []


def test_two_approvers_of_one_request_post_once(site, tmp_path):
	make_budget({"amount": 1000}, department=DEPARTMENT)
	request = move(make_request(600), "Submit for Approval", user=STAFF)
	results = all_at_once(site, tmp_path, [request, request], "Approve", HEAD)
	assert sorted(result["ok"] for result in results) == [False, True], results
	kinds = frappe.get_all("CRM Budget Entry", filters={"voucher_no": request.name}, pluck="kind")
	assert sorted(kinds) == ["Commit", "Reserve"]
	assert (used().reserved, used().committed) == (0, 600)
