"""Member cards: numbers, validity and moves between states."""

import frappe
from frappe import _
from frappe.model.naming import make_autoname
from frappe.utils import add_months, cint, getdate, now_datetime, nowdate

from crm_app.crm_membership import ledger, paid_time, qualifying, tier_changes
from crm_app.crm_membership.card_moves import move_all
from crm_app.crm_membership.domain.card_number import make_number
from crm_app.crm_membership.domain.card_status import ACTIVE, ISSUED, LABELS, OPEN, after
from crm_app.customising.mandatory import forgive_custom
from crm_app.utils import by_rule, rows
from crm_app.utils.telling import telling

BATCH = 200  # cards between two commits of the nightly run
COPIED = (
	"customer", "programme", "tier", "tier_since", "tier_until", "card_type", "store", "valid_until",
	"paid_until",
)  # fmt: skip
SET_BY_MOVES = ("activated_on", "replaces", "replaced_by")


def next_number(programme: str) -> str:
	"""The next free number of `programme`; numbers that came from outside are stepped over."""
	plan = frappe.get_cached_doc("Membership Programme", programme)
	series = f"CARD-{plan.card_prefix}-"
	while True:
		serial = cint(make_autoname(f"{series}.#########")[len(series) :])
		with telling(_("No card number")):
			number = make_number(plan.card_prefix, serial, cint(plan.card_length))
		if not frappe.db.exists("Member Card", number):
			return number


def end_of_validity(programme: str, start):
	"""None where the programme's cards do not expire."""
	months = cint(frappe.get_cached_value("Membership Programme", programme, "valid_months"))
	return add_months(getdate(start or nowdate()), months) if months else None


def keep_status(card) -> None:
	"""The status changes by a move alone, not by an edit, an import or REST."""
	before = card.get_doc_before_save()
	if before and not card.flags.moving and card.status_category != before.status_category:
		frappe.throw(_("Status: use the buttons of the card."), title=_("Not by hand"))
	if before and not card.flags.moving:
		for fieldname in SET_BY_MOVES:
			card.set(fieldname, before.get(fieldname))


def keep_history(card) -> None:
	"""Rows are only added here, so what was sent with the form does not count."""
	before = card.get_doc_before_save()
	card.set("history", before.history if before else [])
	move = card.flags.moving or {}
	old = before.status_category if before else None
	if not before:
		note(card, "Issue", old, card.replaces, move.get("reason"))
	elif move:
		note(card, LABELS[move["name"]], old, move.get("detail"), move.get("reason"))
	if before and before.tier != card.tier:
		note(card, "Tier", old, f"{before.tier} → {card.tier}")


def note(card, event: str, old: str | None, detail: str | None, reason: str | None = None) -> None:
	rows.append(
		card,
		"history",
		{
			"event": event,
			"from_status": old,
			"to_status": card.status_category,
			"detail": detail,
			"reason": reason,
			"changed_on": now_datetime(),
			"changed_by": frappe.session.user,
		},
	)


def move(card, name: str, reason: str | None = None, **values) -> None:
	"""One legal move, saved with its history row. Throws when the card's status does not allow it."""
	card.check_permission("write")
	today = getdate(nowdate())
	with telling(_("Not possible now")):
		status = after(
			name, card.status_category, getdate(card.valid_until) if card.valid_until else None, today
		)
		if name == "activate":
			values = paid_time.limit(card, today) | values
	card.flags.moving = {"name": name, "reason": reason}
	card.status_category = status
	card.update(values)
	if name == "activate" and not card.activated_on:
		card.activated_on = today
	forgive_custom(card)
	try:
		card.save()
	finally:
		card.flags.moving = None


def replace(card, reason: str | None = None):
	"""A new card for a lost or damaged one; returns it, issued, with the old card's validity and balances."""
	ledger.lock(card.name)  # before the card's row, as everybody does
	move(card, "replace", reason)
	new = frappe.new_doc("Member Card")
	for fieldname in COPIED:
		new.set(fieldname, card.get(fieldname))
	new.flags.moving = {"name": "replace", "reason": reason}
	new.replaces = card.name
	forgive_custom(new)
	new.insert()
	new.flags.moving = None
	card.db_set("replaced_by", new.name)
	move_all(card.name, new.name, reason)
	return new


def merge(card, into: str, reason: str | None = None) -> None:
	"""A second card of the same customer and programme ends; its balances go to the card `into`."""
	other = frappe.get_doc("Member Card", into)
	other.check_permission("write")
	check_same_holder(card, other)
	ledger.lock(card.name, into)  # before the card's row, as everybody does
	move(card, "merge", reason, replaced_by=into)
	move_all(card.name, into, reason)
	_keep_better_tier(card, other, reason)


def _keep_better_tier(card, other, reason: str | None) -> None:
	plan = qualifying.plan_of(card.programme)
	if plan.get(card.tier).level > plan.get(other.tier).level:
		until = getdate(card.tier_until) if card.tier_until else None
		change = tier_changes.Change(
			other.name, other.customer, other.programme, other.tier, card.tier, until,
			tier_changes.BY_HAND, reason=reason, status=other.status_category,
		)  # fmt: skip
		tier_changes.write([change])


def check_same_holder(card, other) -> None:
	if card.name == other.name or other.status_category not in (ACTIVE, ISSUED):
		frappe.throw(_("{0} cannot take the balances of {1}.").format(other.name, card.name))
	for fieldname in ("customer", "programme"):
		if card.get(fieldname) != other.get(fieldname):
			label = _(card.meta.get_label(fieldname))
			frappe.throw(_("{0}: the cards {1} and {2} differ.").format(label, card.name, other.name))


def renew(card, reason: str | None = None) -> None:
	"""One more period, from the end of the running one or from today, whichever is later."""
	if not card.valid_until:
		frappe.throw(_("The card does not expire."), title=_("Not possible now"))
	if paid_time.asks_fee(card.programme):
		frappe.throw(_("The fee carries this card; take the fee instead."), title=_("Not possible now"))
	start = max(getdate(card.valid_until), getdate(nowdate()))
	until = end_of_validity(card.programme, start)
	move(card, "renew", reason, valid_until=until)


def expire_cards() -> int:
	"""Nightly job; returns how many cards were due."""
	# "is set", because Frappe reads an empty date as one long ago
	ended = [["valid_until", "is", "set"], ["valid_until", "<", nowdate()], ["status_category", "in", OPEN]]
	due = frappe.get_all("Member Card", ended, pluck="name", order_by="name", limit_page_length=0)
	for count, name in enumerate(due, 1):
		_expire(name)
		if count % BATCH == 0:
			frappe.db.commit()
	return len(due)


def _expire(name: str) -> None:
	"""One card that cannot be saved must not stop the others."""
	frappe.db.savepoint("expire_card")
	try:
		card = frappe.get_doc("Member Card", name)
		card.flags.ignore_permissions = True  # the job acts for nobody
		by_rule.begin(card)
		move(card, "expire", _("Validity ended"))
	except Exception:
		frappe.db.rollback(save_point="expire_card")
		frappe.log_error(title=f"Expiry of card {name}")
