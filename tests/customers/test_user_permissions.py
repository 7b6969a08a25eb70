"""A User Permission narrows reports as it narrows lists: rows, sums, charts and summaries alike.

Real Frappe takes rows away after a report has run, so sums that the report made would still tell of them.
"""

import json

import frappe
import pytest
from crm_testing.customers import make_customer, make_user
from crm_testing.membership import make_card
from crm_testing.sales import make_store, make_transaction
from frappe.desk import query_report
from frappe.permissions import add_user_permission
from frappe.utils import nowdate

from crm_app.crm_customers.permissions import limits, reads_all

BOSS = "boss@limits.test"
HIDDEN = "Hidden Holdings"


def reports() -> list[str]:
	"""The app's reports that run without filters; the one on the log of operations tells of no customer."""
	found = frappe.get_all(
		"Report", {"module": ["like", "CRM %"], "name": ["!=", "Operations"]}, pluck="name"
	)
	docs = [frappe.get_doc("Report", name) for name in found]
	return sorted(doc.name for doc in docs if not any(row.mandatory for row in doc.filters))


def answers() -> dict[str, str]:
	"""What each report tells, as text: rows, message, chart, summary."""
	told = {}
	for name in reports():
		try:
			found = query_report.run(name, {})
		except (frappe.ValidationError, frappe.PermissionError) as error:
			found = {"result": str(error)}
		kept = {key: found.get(key) for key in ("result", "message", "chart", "report_summary")}
		told[name] = json.dumps(kept, default=str, sort_keys=True)
	return told


@pytest.fixture
def shop():
	"""One customer whom the boss is limited to, with a sale, and everything as the reports tell it then."""
	make_user(BOSS, "CRM Manager")
	customer = make_customer(customer_name="Visible Works")
	make_card(customer.name)
	make_transaction(customer.name, posting_date=nowdate())
	add_user_permission("CRM Customer", customer.name, BOSS, ignore_permissions=True)
	return customer.name


def test_no_report_changes_by_what_its_reader_may_not_see(shop, as_user):
	with as_user(BOSS):
		before = answers()
	assert len(before) > 15 and "Visible Works" in before["Sales Lines"]
	hidden = make_customer(customer_name=HIDDEN)
	make_card(hidden.name)
	for at in range(3):
		items = [{"item_code": f"SECRET-{at}", "item_name": "Secret", "qty": 1, "rate": 77777}]
		make_transaction(hidden.name, posting_date=nowdate(), items=items)
	with as_user(BOSS):
		assert HIDDEN not in json.dumps(frappe.get_list("CRM Customer", fields=["customer_name"]))
		after = answers()
	assert [name for name in after if after[name] != before[name]] == []
	assert HIDDEN in answers()["Sales Lines"]


def test_a_limit_on_a_store_narrows_the_sales_of_reports(as_user):
	boss = make_user("store@limits.test", "CRM Manager")
	near, far = make_store("Limits Near").name, make_store("Limits Far").name
	customer = make_customer(customer_name="Buys in both").name
	kept = make_transaction(customer, store=near, posting_date=nowdate()).name
	lost = make_transaction(customer, store=far, posting_date=nowdate()).name
	add_user_permission("CRM Store", near, boss, ignore_permissions=True)
	with as_user(boss):
		told = json.dumps(query_report.run("Sales Lines", {})["result"], default=str)
		assert limits("CRM Transaction") == {"store": [near]}
		assert not reads_all("CRM Transaction") and reads_all("CRM Customer")
	assert kept in told and lost not in told


def test_a_limit_for_one_doctype_only_is_no_limit_for_others(as_user):
	boss = make_user("applies@limits.test", "CRM Manager")
	customer = make_customer().name
	add_user_permission("CRM Customer", customer, boss, True, applicable_for="Complaint")
	with as_user(boss):
		assert limits("CRM Transaction") == {} and limits("Complaint") == {"customer": [customer]}
	assert limits("Complaint") == {}


def test_rows_of_a_finished_report_go_too_and_labels_stay(as_user):
	"""What the framework itself does, for reports that know nothing of the rule."""
	boss = make_user("rows@limits.test", "CRM Manager")
	kept, lost = make_customer().name, make_customer().name
	add_user_permission("CRM Customer", kept, boss, ignore_permissions=True)
	columns = [{"fieldname": "who", "label": "Who", "fieldtype": "Link", "options": "CRM Customer"}]
	columns.append({"fieldname": "n", "label": "N", "fieldtype": "Int"})
	rows = [{"who": who, "n": 1} for who in (kept, lost, "A label", None)]
	with as_user(boss):
		left = query_report.get_filtered_data("CRM Customer", columns, rows, boss)
	assert [row["who"] for row in left] == [kept, "A label", None]
	assert query_report.get_filtered_data("CRM Customer", columns, rows, "Administrator") == rows
