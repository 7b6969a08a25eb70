"""Conditions of workflow steps, read without running them."""

import pytest

from crm_app.customising.domain.conditions import check_condition
from crm_app.utils.rules import RuleError

FIELDS = {"total_amount", "lines", "category", "amount", "posting_date"}


@pytest.mark.parametrize(
	"text",
	[
		"doc.total_amount > 20000",
		"doc.get('total_amount') > 20000 and doc.owner == frappe.session.user",
		"any(row.category == 'Gifts' for row in doc.lines)",
		"frappe.db.get_value('CRM Settings', None, 'tier1_limit') < doc.total_amount",
		"frappe.utils.get_datetime(doc.posting_date).weekday() < 5",
		"sum([row.amount for row in doc['lines']]) < 5 if doc.lines else False",
	],
)
def test_what_a_condition_may_read(text):
	check_condition(text, FIELDS)


@pytest.mark.parametrize(
	("text", "reason"),
	[
		("doc.total_amount >", "cannot be read"),
		("total = 5", "cannot be read"),
		("doc.toal_amount > 5", "no field"),
		("doc.get('secret') == 1", "no field"),
		("doc['secret'] == 1", "no field"),
		("frappe.db.sql('select 1')", "may not read"),
		("frappe.get_doc('User', 'x')", "may not read"),
		("doc.__class__", "may not read"),
		("doc._meta", "may not read"),
		("().__class__.__bases__", "may not read"),
		("open('/etc/passwd')", "may not read"),
		("__import__('os')", "may not read"),
		("(lambda: 1)()", "not possible"),
		("(x := 5) > 1", "not possible"),
		("total_amount > 5", "may not read"),
	],
)
def test_what_is_refused_and_why(text, reason):
	with pytest.raises(RuleError, match=reason):
		check_condition(text, FIELDS)
