"""The ledger of members: the only writer of Member Account, Member Lot and Member Ledger Entry.

The account row is the lock and carries the balances; the entries are the truth, and `ledger_audit` compares
them. A posting locks the account, reads what it needs, moves it in memory (domain/book.py) and writes the
entries, lots and balances at its end. Its cost does not depend on how long the card's history is.

The engine never commits and asks for no permission: it acts for a till, a job or an approved document, which
did. A key that was posted before is a no-op.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import frappe
from frappe.utils import getdate, now_datetime, nowdate

from crm_app.crm_membership import ledger_rows as rows
from crm_app.crm_membership.domain import errors
from crm_app.crm_membership.domain.book import Book, Entry, Lot
from crm_app.crm_membership.domain.card_status import ACTIVE, EXPIRED, ISSUED, LOST, REPLACED, SUSPENDED
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.domain.kinds import BONUS, KINDS, POINTS, PRINCIPAL, TIER_CREDIT, Terms
from crm_app.utils.money import ZERO, round_money, to_decimal

SPENDING = ("Redeem", "Payment", "Gift")
LOADING = ("Top-up", "Bonus")
LONGEST_KEY = 120
BOOKS = "crm_open_books"
BLOCKED = {
	ISSUED: errors.CARD_INACTIVE,
	SUSPENDED: errors.CARD_SUSPENDED,
	LOST: errors.CARD_LOST,
}


@dataclass(frozen=True, slots=True)
class Voucher:
	"""The document that a posting stands for."""

	doctype: str
	name: str
	posting_date: date | None = None
	store: str | None = None
	reason: str | None = None


@dataclass(frozen=True, slots=True)
class Balance:
	points: Decimal
	principal: Decimal
	bonus: Decimal
	tier_credit: Decimal

	@property
	def value(self) -> Decimal:
		return self.principal + self.bonus


class Posting(Book):
	"""A Book of a locked account. `repeated`: the key was posted before; nothing is written."""

	def __init__(self, account, presented, programme, source, key: str, voucher: Voucher, repeated: bool):
		balances = {kind: to_decimal(account[field]) for kind, field in rows.BALANCES.items()}
		debt = to_decimal(account.points_debt)
		super().__init__(
			account.name, balances, debt, Terms.of(programme), now_datetime(), source, rows.new_name
		)
		self.programme = programme
		self.row, self.presented = account, presented  # differ where the card was replaced or merged
		self.key, self.voucher, self.repeated = key, voucher, repeated
		self.stamped = self.now.strftime(rows.MOMENT)  # as text: it goes into every row
		if repeated:
			self.entries = source.entries(key, voucher.name)

	def blocked(self) -> Refused | None:
		"""Why the card that was presented cannot be used; None for an active one."""
		row = self.presented
		card, status = row.name, row.status_category
		until = getdate(row.valid_until) if row.valid_until else None
		if status == REPLACED or row.moved_to:
			return Refused(errors.CARD_REPLACED, card, row.replaced_by or row.moved_to or "?", field="card")
		if status == EXPIRED or (until and until < self.today):
			return Refused(errors.CARD_EXPIRED, card, until or "?", field="card")
		return None if status == ACTIVE else Refused(BLOCKED[status], card, field="card")

	def grant(self, kind, amount, entry_type, expires_on=None, **more) -> Lot:
		if entry_type in LOADING and self.presented.status_category != ISSUED:
			self._check_usable()
		return super().grant(kind, amount, entry_type, expires_on, **more)

	def spend(self, kind, amount, entry_type) -> list[Entry]:
		if entry_type in SPENDING:
			self._check_usable()
		return super().spend(kind, amount, entry_type)

	def _check_usable(self) -> None:
		if refused := self.blocked():
			raise refused

	def write(self) -> None:
		"""What moved in memory becomes rows; called once, at the end of `posting`."""
		if not self.entries and not self.changed_lots:
			return
		if self.new_lots:
			rows.insert("Member Lot", rows.NEW_LOT, [self._lot_row(lot) for lot in self.new_lots.values()])
		for lot in self.changed_lots.values():
			closed = int(not lot.remaining)
			frappe.db.sql(rows.UPDATE_LOT, (lot.remaining, lot.expired, lot.returned, closed, lot.name))
		if self.entries:
			rows.insert("Member Ledger Entry", rows.NEW_ENTRY, self._entry_rows())
		self._write_account()

	def _write_account(self) -> None:
		balances = self.balances
		frappe.db.sql(
			rows.UPDATE_ACCOUNT,
			(
				balances[POINTS], self.debt, balances[PRINCIPAL], balances[BONUS], balances[TIER_CREDIT],
				self.row.entry_count + 1, self.stamped, frappe.session.user, self.account,
			),
		)  # fmt: skip

	def _entry_rows(self) -> list[tuple]:
		user, voucher, account = frappe.session.user, self.voucher, self.row
		day = str(voucher.posting_date or self.today)
		return [
			(
				*rows.stamp(entry.name, self.stamped, user), day, self.stamped, account.name,
				account.customer, account.programme, voucher.store, entry.kind, entry.entry_type,
				entry.amount, entry.balance_after, entry.lot, entry.reverses, voucher.doctype, voucher.name,
				voucher.reason, self.key, f"{self.key}|{number}",
			)
			for number, entry in enumerate(self.entries, 1)
		]  # fmt: skip

	def _lot_row(self, lot: Lot) -> tuple:
		head = rows.stamp(lot.name, self.stamped, frappe.session.user)
		return (
			*head, self.account, self.row.customer, lot.kind, lot.granted, lot.remaining, lot.expired,
			lot.returned, lot.expires_on, lot.granted_at, lot.origin, self.voucher.doctype,
			self.voucher.name, lot.spend_key[0], int(not lot.remaining),
		)  # fmt: skip


@contextmanager
def posting(card: str, key: str, voucher: Voucher) -> Iterator[Posting]:
	"""Everything that the block does to the book is written when it ends, nothing when it raises.

	`card` may be one that was replaced: what was moved is found where it is now. Raises Refused:
	CARD_UNKNOWN, KEY_REUSED (the key belongs to another posting), and what the book refuses.
	"""
	book = _open(card, key, voucher)
	open_books = frappe.flags.setdefault(BOOKS, set())
	if book.account in open_books:
		raise RuntimeError(f"{book.account}: a posting is open already; pass its book on")
	open_books.add(book.account)
	try:
		yield book
		if not book.repeated:
			book.write()
	finally:
		open_books.discard(book.account)


def lock(*cards: str) -> dict[str, dict]:
	"""{account: row} locked until the transaction ends, in one order; follows replaced and merged cards."""
	return {row.name: row for row in (_lock(card)[-1] for card in sorted(set(cards)))}


def open_account(card: str) -> None:
	"""An empty account for a card that has none. Raises Refused where there is no such card."""
	fields = ["name", "customer", "programme"]
	found = frappe.db.get_value("Member Card", card, fields, as_dict=True)
	if not found:
		raise Refused(errors.CARD_UNKNOWN, card, field="card")
	currency = frappe.db.get_value("Membership Programme", found.programme, "currency")
	row = (
		*rows.stamp(found.name, now_datetime(), frappe.session.user),
		found.name, found.customer, found.programme, currency, 0, 0, 0, 0, 0, 0,
	)  # fmt: skip
	rows.insert("Member Account", rows.NEW_ACCOUNT, [row])


def close_unused(card: str) -> None:
	"""A card without a single posting takes its account along when it is deleted."""
	frappe.db.delete("Member Account", {"name": card, "entry_count": 0})


def balance(card: str) -> Balance:
	"""As of now and without a lock; what has passed its last day is left out."""
	row = _read(card)
	due = _due(row.name)
	return Balance(*(to_decimal(row[field]) - due.get(kind, ZERO) for kind, field in rows.BALANCES.items()))


def expiring(card: str, kind: str, until: date) -> Decimal:
	"""How much of what can be spent today lapses by the end of `until`."""
	statement = (
		f"SELECT SUM(remaining) FROM {rows.LOT}"
		" WHERE account = %s AND kind = %s AND is_closed = 0 AND order_date >= %s AND order_date <= %s"
	)
	return round_money(frappe.db.sql(statement, (_read(card).name, kind, nowdate(), until))[0][0])


def reverse(key: str, card: str, posted: str, voucher: Voucher) -> list[Entry]:
	"""Takes back all of the posting with the key `posted`, to and from its lots; once.

	`voucher` is the one of that posting or names the document that undoes it with the same name.
	"""
	with posting(card, key, voucher) as book:
		if not book.repeated:
			entries = book.source.entries(posted, voucher.name)
			book.reverse(entries, book.source.reversed(entries))
		return list(book.entries)


def give_back(
	key: str, card: str, of: tuple[str, str], kind: str, amount: Decimal, voucher: Voucher
) -> list[Entry]:
	"""Part of what the document `of` (doctype, name) spent returns to its lots.

	Raises Refused (GIVEN_BACK_TOO_MUCH) for more than it spent and did not get back yet.
	"""
	with posting(card, key, voucher) as book:
		if not book.repeated:
			give_back_in(book, of, kind, amount)
		return list(book.entries)


def give_back_in(book: Posting, of: tuple[str, str], kind: str, amount: Decimal) -> list[Entry]:
	"""The same inside a posting."""
	spent = [entry for entry in book.source.entries_of_voucher(*of, SPENDING) if entry.kind == kind]
	return book.give_back(spent, amount, book.source.reversed(spent))


def _open(card: str, key: str, voucher: Voucher) -> Posting:
	if not key or len(key) > LONGEST_KEY:
		raise Refused(errors.KEY_MISSING)
	locked = _lock(card)
	presented, account = locked[0], locked[-1]
	peek = frappe.db.sql(rows.PEEK, (f"{key}|1", account.name), as_dict=True)[0]
	source = rows.Rows(account.name, stale=peek.entry_count != account.entry_count)
	posted = peek
	if source.stale:
		posted = next(iter(source.read(rows.POSTED, (f"{key}|1",))), frappe._dict())
	if posted.posted and (posted.voucher_type, posted.voucher_no) != (voucher.doctype, voucher.name):
		raise Refused(errors.KEY_REUSED, key)
	return Posting(account, presented, peek, source, key, voucher, bool(posted.posted))


def _lock(card: str) -> list:
	"""The locked rows of the card's account and of those that its balances went to, in that order."""
	found = frappe.db.sql(rows.LOCK, (card,), as_dict=True)
	if not found:
		open_account(card)
		found = frappe.db.sql(rows.LOCK, (card,), as_dict=True)
	return [found[0], *(_lock(found[0].moved_to) if found[0].moved_to else [])]


def _read(card: str):
	fields = ["name", "moved_to", "points", "principal", "bonus", "tier_credit"]
	row = frappe.db.get_value("Member Account", card, fields, as_dict=True)
	if not row:
		if not frappe.db.exists("Member Card", card):
			raise Refused(errors.CARD_UNKNOWN, card, field="card")
		return frappe._dict(dict.fromkeys(fields[2:], 0), name=card)
	return _read(row.moved_to) if row.moved_to else row


def _due(account: str) -> dict[str, Decimal]:
	"""What has passed its last day and waits for the nightly job, by kind."""
	statement = (
		f"SELECT kind, SUM(remaining) AS due FROM {rows.LOT} WHERE account = %s AND kind IN (%s, %s, %s, %s)"
		" AND is_closed = 0 AND order_date < %s GROUP BY kind"
	)
	found = frappe.db.sql(statement, (account, *KINDS, nowdate()), as_dict=True)
	return {row.kind: round_money(row.due) for row in found}
