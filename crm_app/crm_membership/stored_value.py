"""Stored value: money paid in, with a bonus by an offer, and paid out; principal and bonus stay apart."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import frappe
from frappe.utils import add_months, cint, getdate

from crm_app.crm_membership import ledger
from crm_app.crm_membership.domain import errors
from crm_app.crm_membership.domain.book import Refunded
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.domain.kinds import BONUS, PRINCIPAL
from crm_app.crm_membership.domain.offers import Offer, best_offer
from crm_app.crm_membership.ledger import Posting, Voucher
from crm_app.utils.money import ZERO, to_decimal

OFFER_FIELDS = [
	"name", "pay_amount", "bonus_amount", "repeats", "bonus_valid_months", "starts_on", "ends_on",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ToppedUp:
	principal: Decimal
	bonus: Decimal
	offer: str | None
	balance: Decimal  # principal and bonus afterwards


def offer_for(programme: str, amount: Decimal, day: date) -> tuple[str | None, Decimal, date | None]:
	"""(offer, bonus, last day of the bonus) of the best offer of the day; (None, 0, None) without one."""
	rows = frappe.get_all("Top-up Offer", {"programme": programme, "disabled": 0}, OFFER_FIELDS)
	found = best_offer([_offer(row) for row in rows], amount, day)
	if not found:
		return None, ZERO, None
	months = found.bonus_valid_months
	return found.name, found.bonus_for(amount), getdate(add_months(day, months)) if months else None


def top_up(card: str, amount: Decimal, key: str, voucher: Voucher) -> ToppedUp:
	"""Once per key. Raises Refused for a card that is out of use and for absurd amounts."""
	with ledger.posting(card, key, voucher) as book:
		if not book.repeated:
			top_up_in(book, amount)
		kinds = (PRINCIPAL, BONUS)
		parts = (sum((e.amount for e in book.entries if e.kind == kind), ZERO) for kind in kinds)
		offer = offer_for(book.row.programme, amount, voucher.posting_date or book.today)[0]
		return ToppedUp(*parts, offer, book.balance(PRINCIPAL) + book.balance(BONUS))


def top_up_in(book: Posting, amount: Decimal) -> None:
	"""The same inside a posting."""
	day = book.voucher.posting_date or book.today
	_name, bonus, until = offer_for(book.row.programme, amount, day)
	book.grant(PRINCIPAL, amount, "Top-up")
	if bonus:
		book.grant(BONUS, bonus, "Bonus", until)


def refund(card: str, of: tuple[str, str], amount: Decimal, key: str, voucher: Voucher) -> Refunded | None:
	"""Gives back `amount` of the principal that the document `of` (doctype, name) paid in; None if repeated.

	Raises Refused: TOP_UP_UNKNOWN, VALUE_SPENT where less of the principal is left.
	"""
	with ledger.posting(card, key, voucher) as book:
		if book.repeated:
			return None
		granted = book.source.entries_of_voucher(*of, ledger.LOADING)
		lots = {entry.kind: entry.lot for entry in granted}
		if PRINCIPAL not in lots:
			raise Refused(errors.TOP_UP_UNKNOWN, of[1])
		return book.refund(lots[PRINCIPAL], lots.get(BONUS), amount)


def _offer(row) -> Offer:
	return Offer(
		row.name,
		to_decimal(row.pay_amount),
		to_decimal(row.bonus_amount),
		bool(row.repeats),
		cint(row.bonus_valid_months),
		getdate(row.starts_on) if row.starts_on else None,
		getdate(row.ends_on) if row.ends_on else None,
	)
