"""Conditions of workflow steps, read without running them (running them: test_conditions_run.py)."""

import pytest

from crm_app.customising.domain.conditions import Readable, check_condition, names_read, settled, tidy
from crm_app.utils.rules import RuleError

READABLE = Readable(
	fields=frozenset({"total_amount", "category", "posting_date", "purpose"}),
	tables={"lines": frozenset({"amount", "category"}), "items": frozenset({"amount"})},
)


@pytest.mark.parametrize(
	"text",
	[
		"doc.total_amount > 20000",
		"doc.get('total_amount') > 20000 and doc.owner == frappe.session.user",
		"[row for row in doc.lines if row.category == 'Gifts']",
		"'Gifts' in [row.category for row in doc['lines']] if doc.lines else False",
		"[row for row in doc.get('items') if row.get('amount') > 5]",
		"frappe.utils.get_datetime(doc.posting_date).weekday() < 5",
		"frappe.utils.get_datetime(doc.posting_date).year > 2020",
		"float(frappe.db.get_value('CRM Settings', None, 'tier1_limit') or 0) < doc.total_amount",
		"(doc.purpose or '').lower().startswith('x')",
		"doc.lines[0].amount > 5",
		"frappe.db.get_value('CRM Customer', {'name': doc.purpose}, 'key_account') == 1",
	],
)
def test_what_a_condition_may_read(text):
	check_condition(text, READABLE)


@pytest.mark.parametrize(
	("text", "reason"),
	[
		("doc.total_amount >", "cannot be read"),
		("total = 5", "cannot be read"),
		("doc.toal_amount > 5", "no field"),
		("doc.get('secret') == 1", "no field"),
		("doc['secret'] == 1", "no field"),
		("doc.amount > 20000", "rows of its table lines"),
		("doc['amount'] > 20000", "rows of its table lines"),
		("doc.year > 2020", "no field"),
		("doc.total_amount() > 1", "no field"),
		("doc.purpose.lower", "no field"),
		("doc.items", r"doc.get\('items'\)"),
		("doc.lines.amount > 5", "no field"),
		("[row for row in doc.lines if row.total_amount > 5]", "no field"),
		("[row for row in doc.lines if row.amount > doc.total_amount]", "only, not “doc”"),
		("(row for row in doc.lines if row.amount > 5)", "not possible"),
		("any(row.amount > 5 for row in doc.lines)", "may not read “any”"),
		("sum([row.amount for row in doc.lines]) < 5", "may not read “sum”"),
		("len(doc.lines) > 5", "may not read “len”"),
		("max(1, 2) > 5", "may not read"),
		("str(doc.total_amount) == '5'", "may not read"),
		("[open for open in [1]] and open('/etc/passwd')", "may not read"),
		("frappe.db.sql('select 1')", "may not read"),
		("frappe.get_doc('User', 'x')", "may not read"),
		("frappe.session.user.nothing.at.all == 1", "may not read"),
		("frappe.db.get_value", "may not read"),
		("frappe.db.get_value('User', 'Administrator', 'api_secret') != 'x'", "may not read “api_secret”"),
		("frappe.db.get_value('User', {'api_key': 'x'}, 'name') == 'x'", "may not read “api_key”"),
		("frappe.db.get_value('User', {'api_' + 'key': 'x'}, 'name') == 'x'", "not possible"),
		("frappe.db.get_value(doc.purpose, 'x', 'name') == 'x'", "not possible"),
		("frappe.db.get_value('User', 'x', as_dict=1)", "not possible"),
		("doc.__class__", "may not read"),
		("doc._meta", "may not read"),
		("().__class__.__bases__", "may not read"),
		("open('/etc/passwd')", "may not read"),
		("__import__('os')", "may not read"),
		("(lambda: 1)()", "not possible"),
		("(x := 5) > 1", "not possible"),
		("total_amount > 5", "may not read"),
		("9**9**9 > 1", "not possible"),
		("1 << 99999 > 1", "not possible"),
		("'a' * 999999999 > ''", "not possible"),
		("f'{doc.purpose}' == ''", "not possible"),
		("not " * 3000 + "True", "at most 2000"),
		("(" * 900 + "1" + ")" * 900, "cannot be read"),
		("doc.category == '差旅（国内）'", "reads it as"),
	],
)
def test_what_is_refused_and_why(text, reason):
	with pytest.raises(RuleError, match=reason):
		check_condition(text, READABLE)


def test_space_and_line_breaks_are_tidied_as_frappe_needs_it():
	assert tidy("  doc.x > 1\n") == "doc.x > 1"
	assert tidy("doc.x > 1\nand doc.y") == "doc.x > 1 and doc.y"
	assert tidy("(doc.x > 1\n\tand doc.y)") == "(doc.x > 1\n\tand doc.y)"


def test_the_names_in_a_condition():
	assert names_read("doc.a > 1 and doc.get('b') or [r.c for r in doc['d']]") >= {"a", "b", "c", "d"}
	assert "a" in names_read("doc.a >")


@pytest.mark.parametrize(
	("text", "outcome"),
	[
		("", True),
		("True", True),
		("False", False),
		("0", False),
		("not 1", False),
		("doc.x and False", False),
		("doc.x or 1", True),
		("doc.x", None),
		("doc.x and True", None),
		("[]", False),
		("doc.x >", None),
	],
)
def test_a_condition_that_never_varies_is_known(text, outcome):
	assert settled(text) is outcome
