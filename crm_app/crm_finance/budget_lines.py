"""Budget lines as the ledger sees them: finding the one that pays, opening and closing those of a budget."""

import frappe
from frappe import _

from crm_app.crm_finance.domain.lines import WEIGHTS, Purpose, best_line, line_key
from crm_app.crm_workforce.org import department_path

BALANCE = "CRM Budget Balance"
FIELDS = ["name", "fiscal_year", "department", "category", "month", "campaign", "customer"]


def find(department: str, fiscal_year: int, purpose: Purpose):
	"""The active line that pays, of the department or else of the nearest one above; None without one."""
	path = department_path(department)
	filters = {"fiscal_year": fiscal_year, "department": ["in", path], "is_active": 1}
	rows = frappe.get_all(BALANCE, filters=filters, fields=FIELDS)
	for name in path:
		if line := best_line([row for row in rows if row.department == name], purpose):
			return line
	return None


def assign_keys(budget) -> None:
	"""Gives each line the name of its balance; a known line keeps it, also after a rename."""
	filters = {"fiscal_year": budget.fiscal_year, "department": budget.department}
	known = {_purpose(row): row.name for row in frappe.get_all(BALANCE, filters=filters, fields=FIELDS)}
	for line in budget.lines:
		line.line_key = known.get(_purpose(line)) or _free_key(line_key(*filters.values(), line))


def _purpose(row) -> tuple:
	return tuple(row.get(key) or None for key in WEIGHTS)


def _free_key(key: str) -> str:
	"""After a rename the key may belong to a line that is called differently now."""
	while frappe.db.exists(BALANCE, key):
		key += "-"
	return key


def describe(row) -> str:
	"""The line for people: "Marketing 2026, Gifts, month 3"."""
	parts = [f"{row.department} {row.fiscal_year}", row.category, row.campaign, row.customer]
	if row.month:
		parts.append(_("month {0}").format(row.month))
	return ", ".join(part for part in parts if part)
