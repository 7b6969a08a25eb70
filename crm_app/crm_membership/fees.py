"""Paid membership: fees carry a card or a tier for a time, are renewed, refunded in part, and end.

A fee of the programme sets until when the card is valid; a fee of a tier raises the card to it and lets it
fall back when the time is over. Each job looks for what is still to be done, so it may be repeated.
"""

from collections import defaultdict

import frappe
from frappe import _
from frappe.utils import add_days, cint, escape_html, formatdate, getdate, nowdate

from crm_app.crm_membership import cards, ledger, qualifying, tier_changes
from crm_app.crm_membership.domain.card_status import ACTIVE, EXPIRED, ISSUED
from crm_app.crm_membership.domain.fees import unused
from crm_app.crm_membership.domain.tiers import Period
from crm_app.crm_membership.notices import managers, notify
from crm_app.crm_membership.paid_time import FEE, PAID, grace, paid_periods
from crm_app.crm_membership.tier_changes import FEE_ENDED, FEE_PAID, Change
from crm_app.customising.mandatory import forgive_custom
from crm_app.utils.money import to_decimal

CARD = "Member Card"
ENDED, REFUNDED, CANCELLED = "Ended", "Refunded", "Cancelled"
BATCH = 100  # fees between two commits
LONGEST_GRACE = 366


def take(fee) -> None:
	"""In on_submit: the card is valid, or has the tier, for the time that was paid."""
	_lock(fee)
	fee.db_set("status_category", PAID)
	settle(fee)
	begin(fee)


def _lock(fee) -> None:
	"""The member's account, before the card's row as everybody does.

	A fee that was read before its card was replaced goes on with the card that lives.
	"""
	(holder,) = ledger.lock(fee.card)
	if holder != fee.card:
		fee.db_set("card", holder)


def begin(fee) -> None:
	"""The bought tier from its first day on."""
	if not fee.tier or getdate(fee.covers_from) > getdate(nowdate()):
		return
	fee.db_set("begun", 1)
	card, plan = _card(fee.card), qualifying.plan_of(fee.programme)
	if plan.get(card.tier).level < plan.get(fee.tier).level:
		_change_tier(card, fee.tier, getdate(fee.covers_to), FEE_PAID, fee.name)


def settle(fee) -> None:
	"""Until when the card is paid, after a fee came or went; for the programme's fee: is valid."""
	periods = paid_periods(fee.card, fee.tier)
	until = periods[-1].end if periods else None
	frappe.db.set_value(CARD, fee.card, "paid_until", until)
	if not fee.tier:
		_set_validity(fee.card, add_days(until, grace(fee.programme)) if until else nowdate(), bool(until))


def _set_validity(name: str, until, paid: bool) -> None:
	card = frappe.get_doc(CARD, name)
	card.flags.ignore_permissions = True  # who may take a fee need not be one who edits cards
	until = max(getdate(until), getdate(card.issued_on))
	lasts = paid and until >= getdate(nowdate())
	if card.status_category == ISSUED and lasts:
		cards.move(card, "activate", _("Fee paid"), valid_until=until)
	elif card.status_category in (ACTIVE, EXPIRED) and lasts:
		cards.move(card, "renew", _("Fee paid"), valid_until=until)
	else:
		card.valid_until = until
		forgive_custom(card)
		card.save()


def withdraw(fee, status: str) -> None:
	"""In on_cancel and after a refund: what the fee gave ends."""
	_lock(fee)
	fee.db_set("status_category", status)
	settle(fee)
	_fall_back(fee)


def refund_unused(fee) -> None:
	"""Gives back the part of the days that are left; it ends today. Throws when nothing is left."""
	_lock(fee)
	state = frappe.db.get_value(FEE, fee.name, "status_category", for_update=True)
	left = unused(
		to_decimal(fee.amount), Period(getdate(fee.covers_from), getdate(fee.covers_to)), getdate(nowdate())
	)
	if fee.docstatus != 1 or state != PAID or not left:
		frappe.throw(_("Nothing of {0} is left to be refunded.").format(fee.name), title=_(FEE))
	fee.db_set({"refunded": float(left), "refunded_on": nowdate()})
	withdraw(fee, REFUNDED)


def _fall_back(fee) -> None:
	"""From a bought tier to what purchases alone have reached, unless it is paid further."""
	today = getdate(nowdate())
	if not fee.tier or any(p.start <= today <= p.end for p in paid_periods(fee.card, fee.tier, fee.name)):
		return
	card, plan = _card(fee.card), qualifying.plan_of(fee.programme)
	if card.tier != fee.tier:
		return
	done = qualifying.done_by(card.name, plan.entry_period(today))
	reached = plan.raised(plan.lowest, done)
	_change_tier(card, reached.name, plan.valid_until(reached, today), FEE_ENDED, fee.name)


def _change_tier(card, tier: str, until, cause: str, reason: str) -> None:
	change = Change(
		card.name, card.customer, card.programme, card.tier, tier, until, cause,
		reason=reason, status=card.status_category,
	)  # fmt: skip
	tier_changes.write([change])


def _card(name: str):
	fields = ["name", "customer", "programme", "tier", "status_category"]
	return frappe.db.get_value(CARD, name, fields, as_dict=True)


# -- by the scheduler


def end_unpaid() -> int:
	"""Nightly: fees whose time and grace are over end, bought tiers with them; tiers paid ahead begin.

	Returns how many fees changed. Cards of a paid programme expire by their own validity.
	"""
	today = getdate(nowdate())
	due = [
		["docstatus", "=", 1],
		["status_category", "=", PAID],
		["covers_to", "<", today],
	]
	waiting = [
		["docstatus", "=", 1],
		["status_category", "=", PAID],
		["begun", "=", 0],
		["tier", "is", "set"],
		["covers_from", "<=", today],
		["covers_to", ">=", today],
	]
	return _walk(waiting, begin) + _walk(due, _end)


def _end(fee) -> bool:
	if getdate(add_days(fee.covers_to, grace(fee.programme))) >= getdate(nowdate()):
		return False
	_lock(fee)
	fee.db_set("status_category", ENDED)
	_fall_back(fee)
	return True


def _walk(filters: list, act) -> int:
	"""Every fee that `filters` find, in the order of names; one that fails stops no other."""
	count, last = 0, ""
	while names := frappe.get_all(
		FEE, [*filters, ["name", ">", last]], pluck="name", order_by="name asc", limit_page_length=BATCH
	):
		for name in names:
			count += _one(name, act)
		frappe.db.commit()
		last = names[-1]
	return count


def _one(name: str, act) -> bool:
	frappe.db.savepoint("one_fee")
	try:
		return act(frappe.get_doc(FEE, name)) is not False
	except Exception:
		frappe.db.rollback(save_point="one_fee")
		frappe.log_error(title=f"Membership fee {name}")
		return False


def remind() -> int:
	"""Nightly: whoever looks after a member is told before the paid time ends; once per fee.

	A task for each fee, one notice for each person. Returns how many fees were due.
	"""
	bundles = defaultdict(list)
	for fee in _ending_soon():
		bundles[fee.account_manager or None].append(fee)
	for person, fees in bundles.items():
		for user in [person] if person else managers():
			_tell(user, fees)
		for fee in fees:
			frappe.db.set_value(FEE, fee.name, "reminded_on", nowdate())
		frappe.db.commit()
	return sum(map(len, bundles.values()))


def _ending_soon() -> list:
	fee, card, programme, customer = map(
		frappe.qb.DocType, (FEE, CARD, "Membership Programme", "CRM Customer")
	)
	later = frappe.qb.DocType(FEE).as_("later")
	today = getdate(nowdate())
	rows = (
		frappe.qb.from_(fee)
		.join(card)
		.on(card.name == fee.card)
		.join(programme)
		.on(programme.name == fee.programme)
		.join(customer)
		.on(customer.name == fee.customer)
		.left_join(later)
		.on((later.card == fee.card) & (later.docstatus == 1) & (later.covers_to > fee.covers_to))
		.select(fee.name, fee.card, fee.customer_name, fee.covers_to, customer.account_manager)
		.select(programme.fee_reminder_days)
		.where((fee.docstatus == 1) & (fee.status_category == PAID) & fee.reminded_on.isnull())
		.where((fee.covers_to >= today) & (fee.covers_to <= getdate(add_days(today, LONGEST_GRACE))))
		.where(later.name.isnull())
		.orderby(fee.name)
		.run(as_dict=True)
	)
	return [
		row for row in rows if getdate(row.covers_to) <= getdate(add_days(today, cint(row.fee_reminder_days)))
	]


def _tell(user: str, fees: list) -> None:
	lines = [
		_("{0}, card {1}: paid until {2}").format(fee.customer_name, fee.card, formatdate(fee.covers_to))
		for fee in fees
	]
	subject = _("{0} memberships are to be renewed").format(len(fees))
	notify(user, FEE, fees[0].name, subject, "<br>".join(map(escape_html, lines)))
	for fee, line in zip(fees, lines, strict=True):
		task = {
			"doctype": "ToDo", "allocated_to": user, "description": escape_html(line),
			"reference_type": FEE, "reference_name": fee.name, "date": fee.covers_to,
		}  # fmt: skip
		frappe.get_doc(task).insert(ignore_permissions=True)  # written to somebody else's list
