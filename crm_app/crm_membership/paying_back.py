"""What a sale was paid with from the card goes back there with the goods; the rest is paid out in money."""

import json
from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe import _

from crm_app.crm_membership import ledger
from crm_app.crm_membership.domain.giving_back import Paid, shares
from crm_app.crm_membership.domain.kinds import BONUS, POINTS, PRINCIPAL
from crm_app.crm_sales.returns import lines_of, returned
from crm_app.utils.money import ZERO, round_money, to_decimal

TRANSACTION = "CRM Transaction"


@dataclass(frozen=True, slots=True)
class PaidBack:
	"""Of a return: units by kind that went back to the card, and what is to be paid out in money."""

	units: dict[str, Decimal]
	money: Decimal

	@property
	def value(self) -> Decimal:
		"""Stored value, principal and bonus together."""
		return sum((amount for kind, amount in self.units.items() if kind != POINTS), ZERO)

	@property
	def points(self) -> Decimal:
		return self.units.get(POINTS, ZERO)


def pay_back(book: ledger.Posting, sale: str, refund: Decimal) -> PaidBack:
	"""Inside the posting of a return of `refund` whose lines are counted in its sale already.

	In proportion to all that came back so far, so that partial returns add up to the whole.
	"""
	paid = paid_with(book, sale)
	if not paid:
		return PaidBack({}, refund)
	came_back = sum((moved.amount for moved in returned(lines_of(sale, locked=True)).values()), ZERO)
	total = to_decimal(frappe.db.get_value(TRANSACTION, sale, "amount"))
	before = max(came_back - refund, ZERO)  # an imported return is not counted in the lines
	units, money = shares(refund, before, total, paid)
	for kind, amount in units.items():
		if amount:
			ledger.give_back_in(book, (TRANSACTION, sale), kind, amount)
	return PaidBack(units, money)


def paid_with(book: ledger.Posting, sale: str) -> list[Paid]:
	"""What went from the card into the sale, in the order in which it comes back."""
	entries = book.source.entries_of_voucher(TRANSACTION, sale, ledger.SPENDING)
	done = book.source.reversed(entries)
	found = []
	for kind in (POINTS, PRINCIPAL, BONUS):
		mine = [entry for entry in entries if entry.kind == kind]
		if not mine:
			continue
		spent = -sum((entry.amount for entry in mine), ZERO)
		given = sum((done.get(entry.name, ZERO) for entry in mine), ZERO)
		worth = _worth(book, sale, spent) if kind == POINTS else Decimal(1)
		found.append(Paid(kind, spent, given, worth, book.terms.places(kind)))
	return found


def tell_staff(doc) -> None:
	"""The desk's user reads what is left to be paid out; a till or a job answers for itself."""
	paid = doc.flags.paid_back
	if doc.flags.ignore_permissions or not any(paid.units.values()):
		return
	frappe.msgprint(
		_("Back on the card: {0} points and {1} of stored value. To be paid out: {2}.").format(
			f"{paid.points.normalize():f}" if paid.points else "0",
			f"{round_money(paid.value):.2f}",
			f"{round_money(paid.money):.2f}",
		),
		title=_("Refund"),
	)


def _worth(book: ledger.Posting, sale: str, spent: Decimal) -> Decimal:
	"""What a point was worth when it was spent; the programme's value may have changed since."""
	told = frappe.db.get_value("Till Call", {"sale": sale, "method": "commit", "status": "Done"}, "response")
	if told:
		return to_decimal(json.loads(told)["points"]["money"]) / spent
	return to_decimal(book.programme.point_value)
