"""The only writer of a card's tier besides its form: the card, its history and the record of the change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.utils import cint, getdate, now_datetime, nowdate

from crm_app.crm_membership import qualifying
from crm_app.crm_membership.domain.kinds import TIER_CREDIT
from crm_app.crm_membership.domain.tiers import DOWN, UP, Done, Plan, Tier
from crm_app.crm_membership.notices import notify
from crm_app.crm_platform.importer.bulk import BulkTable

CARD, CHANGE, HISTORY = "Member Card", "Member Tier Change", "Member Card History"
PURCHASE, REVIEW, BY_HAND = "Purchase", "Tier Review", "By Hand"
FEE_PAID, FEE_ENDED = "Fee Paid", "Fee Ended"
NOTHING = Done()


@dataclass(frozen=True, slots=True)
class Change:
	"""One card from one tier to another; equal tiers only carry the date on until which it is safe."""

	card: str
	customer: str
	programme: str
	old: str
	new: str
	until: date | None
	cause: str
	done: Done = NOTHING
	reason: str | None = None
	review: str | None = None
	status: str = "Active"


def direction(plan: Plan, old: str, new: str) -> str:
	return UP if plan.get(new).level >= plan.get(old).level else DOWN


def write(changes: Iterable[Change]) -> None:
	"""Writes changes of cards that the caller has locked; a card at most once."""
	changes = list(changes)
	today, real = nowdate(), [change for change in changes if change.old != change.new]
	for change in changes:
		values = {"tier_until": change.until}
		if change.old != change.new:
			values |= {"tier": change.new, "tier_since": today}
		frappe.db.set_value(CARD, change.card, values)
	_write_history(real)
	_write_changes(real)


def record(change: Change) -> None:
	"""The record alone, of a change that the card's form wrote."""
	_write_changes([change])


def _write_history(changes: list[Change]) -> None:
	if not changes:
		return
	filters = {"parenttype": CARD, "parent": ["in", [change.card for change in changes]]}
	rows = frappe.get_all(HISTORY, filters, ["parent", "idx"], limit_page_length=0)
	last: dict[str, int] = {}
	for row in rows:
		last[row.parent] = max(last.get(row.parent, 0), cint(row.idx))
	table = BulkTable(HISTORY, parenttype=CARD, parentfield="history")
	for change in changes:
		table.add(
			name=frappe.generate_hash(length=10),
			parent=change.card,
			idx=last.get(change.card, 0) + 1,
			event="Tier",
			from_status=change.status,
			to_status=change.status,
			detail=f"{change.old} → {change.new}",
			reason=change.reason or _(change.cause),
			changed_on=now_datetime(),
			changed_by=frappe.session.user,
		)
	table.insert()


def _write_changes(changes: list[Change]) -> None:
	table, plans = BulkTable(CHANGE), {}
	for change in changes:
		plan = plans.setdefault(change.programme, None) or qualifying.plan_of(change.programme)
		plans[change.programme] = plan
		table.add(
			name=frappe.generate_hash(length=20),
			card=change.card,
			customer=change.customer,
			programme=change.programme,
			from_tier=change.old,
			to_tier=change.new,
			direction=direction(plan, change.old, change.new),
			cause=change.cause,
			amount=float(change.done.amount),
			visits=change.done.visits,
			valid_until=change.until,
			posting_date=nowdate(),
			changed_at=now_datetime(),
			reason=change.reason,
			review=change.review,
		)
	table.insert()


# -- at once, after a purchase


def after_purchase(book) -> str | None:
	"""Raises the tier of the posting's card when its period's purchases have passed a threshold.

	Several passed at once: the highest one alone. Returns the new tier. The balance of tier credit, which is
	at hand, tells in nearly every case that nothing is to be counted.
	"""
	if not book.programme.raise_at_once:
		return None
	plan = qualifying.plan_of(book.row.programme, book.programme.modified)
	current = plan.get(book.row.tier)
	following = plan.next_above(current)
	if not following or book.balance(TIER_CREDIT) < following.entry_amount:
		return None
	done = qualifying.done_by(book.account, plan.entry_period(book.today), book.source.read)
	reached = plan.raised(current, done)
	return _raise(book, plan, current, reached, done) if reached != current else None


def _raise(book, plan: Plan, current: Tier, reached: Tier, done: Done) -> str:
	row = book.row
	change = Change(
		book.account, row.customer, row.programme, row.tier or current.name, reached.name,
		plan.valid_until(reached, book.today), PURCHASE, done, status=row.status_category,
	)  # fmt: skip
	write([change])
	announce(change)
	row.tier = reached.name
	return reached.name


def announce(change: Change) -> None:
	"""To whom looks after the customer: the tier that was reached, not those on the way."""
	customer = frappe.db.get_value(
		"CRM Customer", change.customer, ["customer_name", "account_manager"], as_dict=True
	)
	if customer and customer.account_manager:
		subject = _("{0} is now {1}").format(customer.customer_name, change.new)
		notify(customer.account_manager, CARD, change.card, subject)


# -- the card's own form


def set_dates(card) -> None:
	"""In validate of a card: since when and until when the tier that was chosen counts."""
	before = card.get_doc_before_save()
	if before and before.tier == card.tier:
		card.tier_since, card.tier_until = before.tier_since, before.tier_until
		return
	if not before and card.flags.moving and card.tier_since:
		return  # a replacement keeps the dates of the old card
	plan, day = qualifying.plan_of(card.programme), getdate(nowdate() if before else card.issued_on)
	card.tier_since, card.tier_until = day, plan.valid_until(plan.get(card.tier), day)


def record_by_hand(card) -> None:
	"""In on_update of a card."""
	before = card.get_doc_before_save()
	if before and before.tier and before.tier != card.tier:
		until = getdate(card.tier_until) if card.tier_until else None
		record(Change(card.name, card.customer, card.programme, before.tier, card.tier, until, BY_HAND))
