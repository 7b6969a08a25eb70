"""What approving and closing a CRM Budget does to the lines of the ledger."""

import frappe
from frappe import _
from frappe.utils import fmt_money

from crm_app.crm_finance import budget_lines, ledger
from crm_app.utils.engine_only import engine
from crm_app.utils.money import to_decimal
from crm_app.workflows.guard import move_to_value

BALANCE = "CRM Budget Balance"
PURPOSE = ("category", "month", "campaign", "customer")


def open_lines(budget) -> None:
	"""The approved budget's lines may be charged from now on; those of the version it replaces end.

	Refused when a line falls below what is used already, or drops out while something is charged to it.
	"""
	replaced = _approved_before(budget)
	known = ledger.lock(_known_lines(budget) | _lines_of(replaced))
	with engine():
		for line in budget.lines:
			row = known.pop(line.line_key, None)
			_reopen(budget, line, row) if row else _insert(budget, line)
		for row in known.values():
			_drop(row)
	for name in replaced:
		_retire(name, _("Replaced by version {0}").format(budget.version))


def close_lines(budget) -> None:
	"""Nothing new is charged; what is reserved or committed can still be spent or released."""
	for name in sorted(_lines_of([budget.name])):
		frappe.db.set_value(BALANCE, name, "is_active", 0)


def _retire(name: str, reason: str) -> None:
	old = frappe.get_doc("CRM Budget", name)
	if not move_to_value(old, "Closed", reason):
		old.db_set("status_category", "Closed")  # the site's own workflow has no such state


def _approved_before(budget) -> list[str]:
	return frappe.get_all(
		"CRM Budget",
		filters={
			"department": budget.department,
			"fiscal_year": budget.fiscal_year,
			"status_category": "Approved",
			"name": ["!=", budget.name],
		},
		pluck="name",
		order_by="name asc",
	)


def _known_lines(budget) -> set[str]:
	keys = [line.line_key for line in budget.lines]
	return set(frappe.get_all(BALANCE, filters={"name": ["in", keys]}, pluck="name"))


def _lines_of(budgets: list[str]) -> set[str]:
	if not budgets:
		return set()
	return set(frappe.get_all(BALANCE, filters={"budget": ["in", budgets], "is_active": 1}, pluck="name"))


def _insert(budget, line) -> None:
	balance = frappe.new_doc(BALANCE)
	balance.update({key: line.get(key) for key in PURPOSE})
	balance.update({"fiscal_year": budget.fiscal_year, "department": budget.department})
	balance.update({"line_key": line.line_key, "reserved": 0, "committed": 0, "spent": 0})
	balance.update(_terms(budget, line, to_decimal(line.amount)))
	balance.insert(ignore_permissions=True)  # the ledger's own record


def _reopen(budget, line, row) -> None:
	position = ledger.position_of({**row, "amount": line.amount})
	if position.available < 0 and line.control == "Stop":
		frappe.throw(
			_("{0}: {1} is used already, the new amount is {2}.").format(
				budget_lines.describe(row), fmt_money(position.used), fmt_money(line.amount)
			),
			ledger.BudgetExceeded,
			title=_("Below What Is Used"),
		)
	frappe.db.set_value(BALANCE, row.name, _terms(budget, line, position.available))


def _terms(budget, line, available) -> dict:
	return {
		"budget": budget.name,
		"amount": float(to_decimal(line.amount)),
		"control": line.control,
		"is_active": 1,
		"available": float(available),
	}


def _drop(row) -> None:
	if ledger.position_of(row).used:
		frappe.throw(
			_("{0}: expenses are charged to this line; the new version has to keep it.").format(
				budget_lines.describe(row)
			),
			title=_("Line Still in Use"),
		)
	frappe.db.set_value(BALANCE, row.name, "is_active", 0)
