"""Between an Expense Request and the ledger: what it should hold, and the position it meets."""

from frappe.utils import getdate

from crm_app.crm_finance import budget_lines, ledger
from crm_app.crm_finance.domain.lines import Purpose
from crm_app.crm_finance.domain.positions import Position
from crm_app.crm_finance.domain.posting import wanted
from crm_app.utils.money import round_money


def settle(request, category: str | None = None) -> None:
	"""Brings the ledger to what the request holds in its status category (or the given one)."""
	ledger.settle(_voucher(request), charges(request, category or request.status_category))


def without_budget(request) -> list[str]:
	"""The categories of the request's lines that no budget line pays, each once."""
	found = ledger.uncovered(_voucher(request), charges(request, request.status_category))
	return list(dict.fromkeys(charge.purpose.category for charge in found))


def _voucher(request) -> ledger.Voucher:
	return ledger.Voucher(request.doctype, request.name, request.employee, getdate(request.posting_date))


def charges(request, category: str) -> list[ledger.Charge]:
	return [
		ledger.Charge(
			detail=line.name,
			department=request.department,
			fiscal_year=getdate(line.expense_date).year,
			purpose=purpose_of(request, line),
			holding=wanted(category, round_money(line.amount), round_money(line.reimbursed_amount)),
		)
		for line in request.lines
	]


def purpose_of(request, line) -> Purpose:
	return Purpose(
		line.category, getdate(line.expense_date).month, request.campaign or None, request.customer or None
	)


def position(request) -> Position | None:
	"""Over the budget lines that the request is charged to, as of now; None when no line fits."""
	names = ledger.balances_of(request.doctype, request.name) or {
		row.name for line in request.lines if (row := line_for(request, line))
	}
	rows = ledger.read(names)
	return sum(map(ledger.position_of, rows), Position()) if rows else None


def line_for(request, line):
	"""The budget line that would pay a request line, or None."""
	if not (request.department and line.category and line.expense_date):
		return None
	year = getdate(line.expense_date).year
	return budget_lines.find(request.department, year, purpose_of(request, line))


def available_after(request, now: Position):
	"""What is left when this request goes through; a request under way is counted in `now` already."""
	held = ledger.held_by(request.doctype, request.name)
	asked = round_money(request.total_amount) if request.status_category in ("Draft", "Pending") else held
	return now.available + held - asked
