"""Numbers that no column can hold are refused with the field's name, not with an error of the database."""

import frappe
import pytest
from crm_testing.customers import make_customer
from crm_testing.finance import make_category


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e30, "1e25", "abc", -1e30])
def test_what_is_no_amount_is_refused(site, value):
	customer = make_customer()
	customer.credit_limit = value
	with pytest.raises(frappe.ValidationError, match="Credit Limit"):
		customer.save()


def test_text_with_thousands_separators_is_a_number(site):
	customer = make_customer(credit_limit="12,345.60")
	assert frappe.db.get_value("CRM Customer", customer.name, "credit_limit") == 12345.6


@pytest.mark.parametrize("amount", [float("nan"), 1e30, "abc"])
def test_rows_are_looked_at_too(site, amount):
	line = {"category": make_category().name, "amount": amount, "expense_date": frappe.utils.nowdate()}
	request = frappe.get_doc({"doctype": "Expense Request", "purpose": "Gift", "lines": [line]})
	with pytest.raises(frappe.ValidationError, match="Row 1 Amount"):
		request.insert()
