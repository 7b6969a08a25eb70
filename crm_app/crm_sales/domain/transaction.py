"""Rules and sums of a sale or a return; the importer applies them without a Document per row.

A header is a mapping with transaction_type ("Sale" or "Return") and posting_date; a line is a mapping with
item_code, qty, rate and discount_amount. Quantities of a return may come with either sign and leave negative.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from crm_app.utils.money import ZERO, round_money, to_decimal
from crm_app.utils.rules import RuleError, Term, _

RETURN = "Return"
PLACES = 4  # as the amount fields; lines of 1/100 unit prices still sum exactly
LARGEST = Decimal("1e11")  # what a decimal(21,9) column and a float both hold exactly to 4 places


@dataclass(frozen=True, slots=True)
class LineTotal:
	qty: Decimal
	amount: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
	lines: list[LineTotal]
	total_qty: Decimal
	discount_amount: Decimal
	amount: Decimal


def check_and_total(header: Mapping, lines: Iterable[Mapping], today: date | None = None) -> Totals:
	"""Totals of a checked transaction; amounts of a return are negative. Raises RuleError."""
	check_date(header.get("posting_date"), today)
	returning = header.get("transaction_type") == RETURN
	totals, discount = [], ZERO
	for row, line in enumerate(lines, 1):
		totals.append(total_line(line, returning, row))
		discount += to_decimal(line.get("discount_amount"))
	if not totals:
		raise RuleError(_("Items: a transaction needs at least one line."), field="items")
	quantity = sum((line.qty for line in totals), ZERO)
	return Totals(totals, quantity, discount, sum((line.amount for line in totals), ZERO))


def check_date(posting_date: date | None, today: date | None) -> None:
	if not posting_date:
		raise RuleError(_("Date: is missing."), field="posting_date")
	if today and posting_date > today:
		raise RuleError(_("Date: {0} lies in the future."), posting_date, field="posting_date")


def total_line(line: Mapping, returning: bool, row: int = 1) -> LineTotal:
	qty, rate, discount = (_number(line, name, row) for name in ("qty", "rate", "discount_amount"))
	_check_line(line, qty, rate, discount, returning, row)
	gross = abs(qty) * rate
	if discount > gross:
		raise _bad(row, "discount_amount", _("Row {0}: the discount {1} exceeds {2}."), discount, gross)
	net = round_money(gross - discount, PLACES)
	if net > LARGEST:
		raise _bad(row, "amount", _("Row {0}: the amount {1} is too large."), net)
	return LineTotal(-abs(qty), -net) if returning else LineTotal(qty, net)


def _check_line(line: Mapping, qty: Decimal, rate: Decimal, discount: Decimal, returning: bool, row: int):
	if not str(line.get("item_code") or "").strip():
		raise _bad(row, "item_code", _("Row {0}: the item code is missing."))
	if qty == 0:
		raise _bad(row, "qty", _("Row {0}: the quantity is 0."))
	if qty < 0 and not returning:
		raise _bad(
			row, "qty", _("Row {0}: a sale cannot have the negative quantity {1}; enter a return."), qty
		)
	if rate < 0 or discount < 0:
		raise _bad(row, "rate", _("Row {0}: rate and discount cannot be negative."))


def _number(line: Mapping, name: str, row: int) -> Decimal:
	try:
		return to_decimal(line.get(name))
	except ValueError:
		raise _bad(
			row, name, _("Row {0}: {1} is not a number: {2}"), Term(LABELS[name]), line[name]
		) from None


LABELS = {"qty": "Quantity", "rate": "Rate", "discount_amount": "Discount"}


def _bad(row: int, field: str, template: str, *values) -> RuleError:
	return RuleError(template, row, *values, field=field, row=row)
