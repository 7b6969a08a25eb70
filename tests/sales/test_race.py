"""Returns of one sale at the same moment, on real connections; cleaned up afterwards."""

import frappe
import pytest
from crm_testing.customers import make_customer
from crm_testing.race import race
from crm_testing.sales import make_return, make_transaction

pytestmark = [pytest.mark.commits, pytest.mark.slow]
PROCESSES = 4


@pytest.fixture
def customer():
	made = make_customer(customer_name="Race customer").name
	yield made
	frappe.db.rollback()
	sold = frappe.get_all("CRM Transaction", {"customer": made}, pluck="name")
	frappe.db.delete("CRM Transaction Item", {"parent": ["in", sold]})
	frappe.db.delete("CRM Transaction", {"customer": made})
	frappe.delete_doc("CRM Customer", made, force=True)
	frappe.db.commit()


def test_of_four_returns_of_60_percent_exactly_one_is_submitted(site, tmp_path, customer):
	sale = make_transaction(customer, items=[{"item_code": "TEA", "qty": 10, "rate": 5}])
	drafts = [make_return(sale, 6, submit=False) for _turn in range(PROCESSES)]
	frappe.db.commit()
	jobs = [
		{"user": "Administrator", "doctype": doc.doctype, "name": doc.name, "method": "submit"}
		for doc in drafts
	]
	results = race(site, jobs, tmp_path)
	frappe.db.rollback()
	assert sum(result["ok"] for result in results) == 1, results
	assert {result["error"] for result in results if not result["ok"]} == {"ValidationError"}, results
	returned = frappe.get_all("CRM Transaction", {"return_against": sale.name, "docstatus": 1}, ["total_qty"])
	assert [row.total_qty for row in returned] == [-6]
