"""A table row is no way around its record: saved, added or deleted alone it is refused, on both hosts."""

import json
from pathlib import Path

import frappe
import pytest
from crm_testing.finance import make_budget, make_request, move, set_limits
from crm_testing.hosts import acting_as
from crm_testing.workforce import make_company

HEAD, FINANCE, STAFF = "head@example.com", "finance@example.com", "staff@example.com"


@pytest.fixture
def approved(people):
	set_limits()
	make_company()
	make_budget({"amount": 5000})
	request = move(make_request(1000), "Submit for Approval", user=STAFF)
	return move(request, "Approve", user=HEAD)


def test_no_row_is_added_to_an_approved_request(approved):
	values = approved.lines[0].as_dict()
	row = {key: values[key] for key in ("parent", "parenttype", "parentfield", "category", "expense_date")}
	for docstatus in (0, 1):
		with acting_as(FINANCE), pytest.raises(frappe.PermissionError):
			frappe.get_doc(doctype="Expense Request Line", amount=9000, docstatus=docstatus, **row).insert()
	assert frappe.db.count("Expense Request Line", {"parent": approved.name}) == 1


def test_no_row_is_changed_or_deleted_alone(people):
	set_limits()
	make_company()
	make_budget({"amount": 5000})
	request = move(make_request(1000), "Submit for Approval", user=STAFF)
	with acting_as(STAFF):
		row = frappe.get_doc("Expense Request Line", request.lines[0].name)
		row.amount = 4000
		with pytest.raises(frappe.PermissionError):
			row.save()
		with pytest.raises(frappe.PermissionError):
			frappe.delete_doc("Expense Request Line", row.name)
	assert frappe.db.get_value("Expense Request Line", row.name, "amount") == 1000


def test_the_reimbursed_amount_goes_through_the_request(approved):
	with acting_as(FINANCE):
		row = frappe.get_doc("Expense Request Line", approved.lines[0].name)
		row.reimbursed_amount = 9000
		with pytest.raises(frappe.PermissionError):
			row.save()


def test_every_table_of_the_app_is_guarded():
	folder = Path(frappe.get_app_path("crm_app"))
	files = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*/doctype/*/*.json")]
	events = frappe.get_hooks("doc_events")
	open_tables = [
		d["name"] for d in files if d.get("istable") and "on_trash" not in events.get(d["name"], {})
	]
	assert open_tables == []
