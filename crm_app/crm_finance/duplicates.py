"""Expense lines that look like ones requested before."""

import frappe

from crm_app.crm_finance.domain.duplicates import repeated_elsewhere

DEAD = ("Rejected", "Cancelled")


def earlier_lines(request) -> list[dict]:
	"""Lines of other live requests of the same employee with the same amount, date and category."""
	names = frappe.get_all(
		"Expense Request",
		filters={
			"employee": request.employee,
			"name": ["!=", request.name or ""],
			"status_category": ["not in", DEAD],
		},
		pluck="name",
	)
	if not names:
		return []
	rows = frappe.get_all(
		"Expense Request Line",
		filters={
			"parent": ["in", names],
			"expense_date": ["in", sorted({str(line.expense_date) for line in request.lines})],
		},
		fields=["parent", "idx", "expense_date", "amount", "category"],
		order_by="parent asc, idx asc",
	)
	return repeated_elsewhere(_plain(request.lines), _plain(rows))


def _plain(rows) -> list[dict]:
	keys = ("parent", "idx", "expense_date", "amount", "category")
	return [{key: row.get(key) for key in keys} for row in rows]
