"""Expense lines that look like ones requested before."""

import frappe

from crm_app.crm_finance.domain.duplicates import repeated_elsewhere

DEAD = ("Rejected", "Cancelled")
KEYS = ("parent", "idx", "expense_date", "amount", "category")


def earlier_lines(request) -> list[dict]:
	"""Lines of other live requests of the same employee with the same amount, date and category."""
	if not request.lines:
		return []
	other, line = frappe.qb.DocType("Expense Request"), frappe.qb.DocType("Expense Request Line")
	rows = (
		frappe.qb.from_(line)
		.inner_join(other)
		.on(line.parent == other.name)
		.select(*(line[key] for key in KEYS))
		.where(other.employee == request.employee)
		.where(other.name != (request.name or ""))
		.where(other.status_category.notin(DEAD))
		.where(line.expense_date.isin(sorted({str(row.expense_date) for row in request.lines})))
		.orderby(line.parent, line.idx)
		.run(as_dict=True)
	)
	return repeated_elsewhere(_plain(request.lines), _plain(rows))


def _plain(rows) -> list[dict]:
	return [{key: row.get(key) for key in KEYS} for row in rows]
