"""One member account while something is posted to it: lots, entries and balances in memory.

The rules of the ledger, without a database. Whoever owns a Book (the engine, a test) hands it the balances
and a source of lots, lets it move, and writes down what `entries`, `new_lots` and `changed_lots` say.

Kept by every method, for each kind:
- balance = sum of the entries = sum of what the lots hold, less the debt (points only);
- what a lot holds = sum of the entries that name it; entries without a lot sum up to minus the debt;
- 0 <= a lot's remaining <= granted; debt > 0 only while no lot of points holds anything.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from crm_app.crm_membership.domain import errors
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.domain.kinds import (
	BONUS,
	FORGIVE,
	KINDS,
	LARGEST,
	POINTS,
	PRINCIPAL,
	REFUSE,
	Terms,
)
from crm_app.crm_membership.domain.splitting import share_of, split_value
from crm_app.utils.money import ZERO
from crm_app.utils.rules import Term

NEVER = date(9999, 12, 31)
SHORT = {POINTS: errors.POINTS_SHORT}


@dataclass(slots=True)
class Lot:
	"""Units granted at one time; `expires_on` is the last day on which they can be spent."""

	name: str
	kind: str
	granted: Decimal
	remaining: Decimal
	expires_on: date | None
	granted_at: datetime
	origin: str | None = None
	expired: Decimal = ZERO
	returned: Decimal = ZERO
	account: str = ""

	@property
	def root(self) -> str:
		return self.origin or self.name

	@property
	def spend_key(self) -> tuple:
		"""Nearest expiry first, then oldest; what never expires comes last."""
		return (self.expires_on or NEVER, self.granted_at, self.name)

	def is_due(self, today: date) -> bool:
		return bool(self.expires_on and self.expires_on < today)


@dataclass(frozen=True, slots=True)
class Entry:
	name: str
	kind: str
	entry_type: str
	amount: Decimal
	lot: str | None
	balance_after: Decimal
	reverses: str | None = None


class LotSource(Protocol):
	def open(self, kind: str) -> Iterable[Lot]:
		"""Lots that hold something, in spend order."""

	def get(self, name: str) -> Lot: ...

	def family(self, root: str) -> list[Lot]:
		"""The lot and those that its units were moved or restored to, whatever account they are on."""


class Book:
	def __init__(
		self,
		account: str,
		balances: dict[str, Decimal],
		debt: Decimal,
		terms: Terms,
		now: datetime,
		source: LotSource,
		new_name: Callable[[], str],
	):
		self.account = account
		self.balances = dict.fromkeys(KINDS, ZERO) | balances
		self.debt, self.terms, self.now, self.today = debt, terms, now, now.date()
		self.source, self.new_name = source, new_name
		self.entries: list[Entry] = []
		self.new_lots: dict[str, Lot] = {}
		self.changed_lots: dict[str, Lot] = {}
		self._known: dict[str, Lot] = {}

	# -- what people ask for

	def balance(self, kind: str) -> Decimal:
		return self.balances[kind]

	def grant(
		self,
		kind: str,
		amount: Decimal,
		entry_type: str,
		expires_on: date | None = None,
		*,
		origin: str | None = None,
		granted_at: datetime | None = None,
		reverses: str | None = None,
	) -> Lot:
		"""A new lot; points pay off the debt first."""
		self._check(kind, amount)
		name = self.new_name()
		lot = Lot(name, kind, amount, ZERO, expires_on, granted_at or self.now, origin)
		lot.account = self.account
		self.new_lots[name] = self._known[name] = lot
		self._credit(lot, amount, entry_type, reverses)
		return lot

	def spend(self, kind: str, amount: Decimal, entry_type: str) -> list[Entry]:
		"""Draws from the lots in spend order, one entry each. Raises Refused where they do not suffice."""
		self._check(kind, amount)
		start = len(self.entries)
		left = self._draw(kind, amount, entry_type)
		if left:
			raise Refused(SHORT.get(kind, errors.VALUE_SHORT), _plain(amount), _plain(amount - left))
		return [entry for entry in self.entries[start:] if entry.entry_type == entry_type]

	def spend_value(self, amount: Decimal, entry_type: str = "Payment") -> tuple[Decimal, Decimal]:
		"""Stored value, from principal and bonus as the programme says; returns both parts."""
		self._check(PRINCIPAL, amount)
		for kind in (PRINCIPAL, BONUS):
			self.expire(kind)
		parts = split_value(amount, self.balances[PRINCIPAL], self.balances[BONUS], self.terms.value_order)
		for kind, part in zip((PRINCIPAL, BONUS), parts, strict=True):
			if part:
				self.spend(kind, part, entry_type)
		return parts

	def adjust(self, kind: str, change: Decimal, entry_type: str = "Adjust", expires_on: date | None = None):
		if change > 0:
			self.grant(kind, change, entry_type, expires_on)
		else:
			self.spend(kind, -change, entry_type)

	def expire(self, kind: str) -> Decimal:
		"""Writes off the lots whose last day is past; returns how much."""
		total = ZERO
		for lot in self._open(kind):
			if not lot.is_due(self.today):
				break
			total += self._lapse(lot)
		return total

	def take_back(
		self, root: str, amount: Decimal, entry_type: str = "Return", reverses: str | None = None
	) -> "TakenBack":
		"""A return asks for units that the lot `root` was granted for.

		They come from the lot; then, for points, from what was spent of it: other lots, and where those do
		not suffice the programme's policy decides. What lapsed is gone and is not asked for again.
		"""
		family = self._family(root)
		for lot in family:
			if lot.remaining and lot.is_due(self.today):
				self._lapse(lot)
		taken = self._take_from(family, amount, entry_type, reverses, returning=True)
		first = _root(family, root)
		if first.kind != POINTS:
			return TakenBack(taken, ZERO, ZERO)
		charged = min(amount - taken, max(_spent(family, root), ZERO))
		first.returned += charged
		self._changed(first)
		forgiven = self.charge(POINTS, charged, entry_type, reverses) if charged else ZERO
		return TakenBack(taken, charged, forgiven)

	def refund(self, principal: str, bonus: str | None, amount: Decimal) -> "Refunded":
		"""Part of a top-up goes back to the payer: `principal` and `bonus` are the lots that it granted.

		The bonus is taken back in the same proportion; what of it was spent is kept from the principal.
		Raises Refused for more than is left of the principal.
		"""
		self._check(PRINCIPAL, amount)
		paid, given = self._family(principal), self._family(bonus) if bonus else []
		if (left := _held(paid)) < amount:
			raise Refused(errors.VALUE_SPENT, _plain(amount), _plain(left))
		before = sum((lot.returned for lot in paid), ZERO)
		due = _bonus_due(_root(paid, principal), before + amount, given, bonus)
		taken = self._take_from(given, due, "Claw Back", None, returning=True)
		kept = min(due - taken, amount, max(_spent(given, bonus), ZERO)) if given else ZERO
		if kept:
			_root(given, bonus).returned += kept
			self._changed(_root(given, bonus))
			self._take_from(paid, kept, "Claw Back", None, returning=True)
		if amount > kept:
			self._take_from(paid, amount - kept, "Refund", None, returning=True)
		return Refunded(amount, taken, amount - kept)

	def charge(self, kind: str, amount: Decimal, entry_type: str, reverses: str | None = None) -> Decimal:
		"""Takes what may be spent already: open lots first, then debt or not; returns what was forgiven."""
		left = self._draw(kind, amount, entry_type, reverses)
		if not left:
			return ZERO
		if self.terms.spent_points_policy == REFUSE:
			raise Refused(errors.POINTS_SPENT, _plain(amount), _plain(amount - left))
		if self.terms.spent_points_policy == FORGIVE:
			return left
		self._owe(left, entry_type, reverses)
		return ZERO

	# -- taking back postings

	def reverse(self, entries: Iterable[Entry], done: dict[str, Decimal] | None = None) -> list[Entry]:
		"""The opposite of each entry, to and from its lots; `done`: how much was reversed before.

		What had passed its last day when the posting was made lapsed anyway and stays so. Raises Refused
		where a granted unit is spent already.
		"""
		start, done = len(self.entries), done or {}
		lasting = [entry for entry in entries if entry.entry_type != "Expire"]
		for entry in sorted(lasting, key=lambda entry: entry.amount > 0):
			left = abs(entry.amount) - done.get(entry.name, ZERO)
			if left > 0:
				self._undo(entry, left)
		return self.entries[start:]

	def give_back(self, entries: list[Entry], amount: Decimal, done: dict[str, Decimal]) -> list[Entry]:
		"""Part of a spend returns to its lots, last drawn first. Raises Refused for more than was spent."""
		start, left = len(self.entries), amount
		for entry in reversed(entries):
			part = min(left, -entry.amount - done.get(entry.name, ZERO))
			if part > 0:
				self._undo(entry, part)
				left -= part
		if left > 0:
			raise Refused(errors.GIVEN_BACK_TOO_MUCH, _plain(amount), _plain(amount - left))
		return self.entries[start:]

	def spend_again(self, entries: Iterable[Entry]) -> None:
		"""What was given back of a spend is taken again. Raises Refused where it is gone meanwhile."""
		for entry in entries:
			self._undo_credit(entry, entry.amount, entry.reverses)

	def forget_return(self, root: str, taken: Decimal, charged: Decimal) -> None:
		"""The return that took units of lot `root` is itself cancelled: they may be asked for again."""
		family = self._family(root)
		left = taken + charged
		for lot in sorted(family, key=lambda lot: lot.name != root):
			part = min(left, lot.returned)
			lot.returned -= part
			left -= part
			self._changed(lot)

	def move_all(self, other: "Book") -> None:
		"""Everything goes to another account, lot by lot, each with its own last day."""
		if self.debt:
			debt, self.debt = self.debt, ZERO
			self._enter(POINTS, "Transfer", debt, None)
			other.charge_debt(debt)
		for kind in KINDS:
			for lot in list(self._open(kind)):
				amount = lot.remaining
				if lot.is_due(self.today):
					self._lapse(lot)
					continue
				self._debit(lot, amount, "Transfer")
				other.grant(
					kind, amount, "Transfer", lot.expires_on, origin=lot.root, granted_at=lot.granted_at
				)

	def draw(self, kind: str, amount: Decimal, entry_type: str) -> Decimal:
		"""As much of `amount` as there is; returns what was missing."""
		return self._draw(kind, amount, entry_type)

	def charge_debt(self, amount: Decimal, entry_type: str = "Transfer", reverses: str | None = None) -> None:
		"""From the open lots of points; what is missing becomes debt, whatever the policy."""
		left = self._draw(POINTS, amount, entry_type, reverses)
		if left:
			self._owe(left, entry_type, reverses)

	# -- how

	def _draw(self, kind: str, amount: Decimal, entry_type: str, reverses: str | None = None) -> Decimal:
		"""Takes up to `amount` from the open lots; returns what is missing."""
		if not amount:
			return ZERO
		for lot in self._open(kind):
			if lot.is_due(self.today):
				self._lapse(lot)
				continue
			part = min(amount, lot.remaining)
			self._debit(lot, part, entry_type, reverses)
			amount -= part
			if not amount:
				break
		return amount

	def _take_from(self, lots: list[Lot], amount, entry_type: str, reverses, returning=False) -> Decimal:
		taken = ZERO
		for lot in sorted(lots, key=lambda lot: lot.spend_key):
			part = min(amount - taken, lot.remaining)
			if part:
				lot.returned += part if returning else ZERO
				self._debit(lot, part, entry_type, reverses)
				taken += part
		return taken

	def _undo(self, entry: Entry, amount: Decimal) -> None:
		if entry.amount > 0:
			self._undo_credit(entry, amount)
		elif entry.lot is None:
			self._undo_debt(entry, amount)
		else:
			self._restore(self._adopt(self.source.get(entry.lot)), amount, entry.name)

	def _undo_credit(self, entry: Entry, amount: Decimal, reverses: str | None = None) -> None:
		reverses = reverses or entry.name
		if entry.lot is None:
			self.charge_debt(amount, "Reverse", reverses)
			return
		lot = self._adopt(self.source.get(entry.lot))
		taken = self._take_from(self._family(lot.root), amount, "Reverse", reverses)
		if taken < amount:
			code = errors.POINTS_SPENT if entry.kind == POINTS else errors.VALUE_SPENT
			raise Refused(code, _plain(amount), _plain(taken))

	def _undo_debt(self, entry: Entry, amount: Decimal) -> None:
		paid = min(amount, self.debt)
		if paid:
			self.debt -= paid
			self._enter(POINTS, "Reverse", paid, None, entry.name)
		if amount > paid:
			until = self.terms.restored_until(self.today) if self.terms.restore_days else None
			self.grant(POINTS, amount - paid, "Reverse", until, reverses=entry.name)

	def _restore(self, lot: Lot, amount: Decimal, reverses: str) -> None:
		"""Spent units come back; where their lot has lapsed meanwhile they get the programme's extra days."""
		until = lot.expires_on
		if lot.is_due(self.today) and self.terms.restore_days:
			until = self.terms.restored_until(self.today)
		elif lot.account == self.account:
			self._credit(lot, amount, "Reverse", reverses)
			return
		same = {"origin": lot.root, "granted_at": lot.granted_at, "reverses": reverses}
		self.grant(lot.kind, amount, "Reverse", until, **same)

	def _lapse(self, lot: Lot) -> Decimal:
		amount = lot.remaining
		lot.expired += amount
		self._debit(lot, amount, "Expire")
		return amount

	def _credit(self, lot: Lot, amount: Decimal, entry_type: str, reverses: str | None = None) -> None:
		lot.remaining += amount
		self._enter(lot.kind, entry_type, amount, lot, reverses)
		if lot.kind == POINTS and self.debt:
			paid = min(amount, self.debt)
			self.debt -= paid
			self._debit(lot, paid, "Set Off")
			self._enter(POINTS, "Set Off", paid, None)

	def _debit(self, lot: Lot, amount: Decimal, entry_type: str, reverses: str | None = None) -> None:
		lot.remaining -= amount
		self._enter(lot.kind, entry_type, -amount, lot, reverses)

	def _owe(self, amount: Decimal, entry_type: str, reverses: str | None = None) -> None:
		self.debt += amount
		self._enter(POINTS, entry_type, -amount, None, reverses)

	def _enter(self, kind, entry_type, amount, lot: Lot | None, reverses: str | None = None) -> None:
		after = self.balances[kind] = self.balances[kind] + amount
		name = lot.name if lot else None
		self.entries.append(Entry(self.new_name(), kind, entry_type, amount, name, after, reverses))
		if lot:
			self._changed(lot)

	def _changed(self, lot: Lot) -> None:
		if lot.name not in self.new_lots:
			self.changed_lots[lot.name] = lot

	def _adopt(self, lot: Lot) -> Lot:
		"""The one object that stands for a lot, however often it is read."""
		return self._known.setdefault(lot.name, lot)

	def _family(self, root: str) -> list[Lot]:
		return [self._adopt(lot) for lot in self.source.family(root)]

	def _open(self, kind: str) -> Iterator[Lot]:
		mine = (lot for lot in self._known.values() if lot.kind == kind and lot.account == self.account)
		mine = sorted(mine, key=lambda lot: lot.spend_key)
		read = (lot for lot in map(self._adopt, self.source.open(kind)))
		last = None
		for lot in heapq.merge(mine, read, key=lambda lot: lot.spend_key):
			if lot is not last and lot.remaining > 0:
				yield lot
			last = lot

	def _check(self, kind: str, amount: Decimal) -> None:
		if amount <= 0:
			raise Refused(errors.AMOUNT_NOT_POSITIVE, Term(kind), _plain(amount))
		if amount > LARGEST:
			raise Refused(errors.AMOUNT_TOO_LARGE, Term(kind), _plain(amount))
		if -amount.as_tuple().exponent > self.terms.places(kind) and amount != round(
			amount, self.terms.places(kind)
		):
			raise Refused(errors.TOO_MANY_DECIMALS, Term(kind), _plain(amount), self.terms.places(kind))


@dataclass(frozen=True, slots=True)
class TakenBack:
	"""From the sale's own lot; from other units because its own were spent; of that, what was let go."""

	taken: Decimal
	charged: Decimal
	forgiven: Decimal

	@property
	def total(self) -> Decimal:
		"""What the balance went down by."""
		return self.taken + self.charged - self.forgiven


@dataclass(frozen=True, slots=True)
class Refunded:
	"""Principal given up, bonus taken back, and what the payer gets: less where bonus was spent."""

	principal: Decimal
	bonus: Decimal
	paid_out: Decimal


def _root(family: list[Lot], root: str) -> Lot:
	return next(lot for lot in family if lot.name == root)


def _held(family: list[Lot]) -> Decimal:
	return sum((lot.remaining for lot in family), ZERO)


def _spent(family: list[Lot], root: str) -> Decimal:
	"""Of what `root` was granted for: neither there, nor lapsed, nor taken back."""
	gone = sum((lot.remaining + lot.expired + lot.returned for lot in family), ZERO)
	return _root(family, root).granted - gone


def _bonus_due(paid: Lot, so_far: Decimal, given: list[Lot], bonus: str | None) -> Decimal:
	"""What the bonus' share of the principal refunded so far leaves to take back now."""
	if not given:
		return ZERO
	share = share_of(_root(given, bonus).granted, so_far, paid.granted, 2)
	return max(share - sum((lot.returned for lot in given), ZERO), ZERO)


def _plain(number: Decimal) -> str:
	return f"{number.normalize():f}" if number else "0"
