"""The review of all tiers of a programme: proposed by one, approved by another, applied in batches.

Preparing and applying commit batch by batch; a run that was killed is simply started again: a proposal is
made anew, an application goes on with the lines that are still only proposed.
"""

from collections import Counter
from collections.abc import Callable

import frappe
from frappe import _
from frappe.utils import cint, fmt_money, getdate, now_datetime, nowdate

from crm_app.crm_membership import ledger, qualifying, tier_changes
from crm_app.crm_membership.domain.card_status import OPEN
from crm_app.crm_membership.domain.tiers import (
	DOWN,
	KEEP,
	UP,
	Done,
	Plan,
	Verdict,
	last_period_end,
	review,
)
from crm_app.crm_membership.notices import managers, notify
from crm_app.crm_membership.tier_changes import Change
from crm_app.crm_platform.importer.bulk import BulkTable
from crm_app.customising.mandatory import forgive_custom

REVIEW, LINE, CARD = "Tier Review", "Tier Review Line", "Member Card"
DRAFT, PREPARING, PENDING, APPROVED = "Draft", "Preparing", "Pending", "Approved"
REJECTED, COMPLETED, FAILED = "Rejected", "Completed", "Failed"
STILL_OPEN = (DRAFT, PREPARING, PENDING, APPROVED, FAILED)
PAGE = 1_000  # cards that are looked at between two commits
BATCH = 200  # cards that change between two commits
CARD_FIELDS = ["name", "customer", "customer_name", "tier", "tier_until"]


def prepare(name: str, page: int = PAGE) -> None:
	"""Writes who would move where and why; nothing else changes."""
	doc = frappe.get_doc(REVIEW, name)
	if doc.status_category not in (DRAFT, PREPARING, PENDING, FAILED):
		return
	frappe.db.delete(LINE, {"review": name})
	frappe.db.set_value(REVIEW, name, {"status_category": PREPARING, "progress": 0, "message": ""})
	frappe.db.commit()
	try:
		propose(doc, page, frappe.db.commit)
	except Exception as broken:
		_fail(name, broken)
		raise
	frappe.db.commit()


def propose(doc, page: int = PAGE, commit: Callable[[], None] = lambda: None) -> None:
	"""Writes the lines and sums of the proposal; `commit` is called after every page."""
	counts = Proposal(doc).write(page, commit)
	period = qualifying.plan_of(doc.programme).stay_period(getdate(doc.as_of))
	frappe.db.set_value(
		REVIEW,
		doc.name,
		{
			"status_category": PENDING,
			"progress": 100,
			"period_from": period.start,
			"period_to": period.end,
			"cards_up": counts[UP],
			"cards_down": counts[DOWN],
			"cards_kept": counts[KEEP],
			"prepared_at": now_datetime(),
		},
	)


class Proposal:
	def __init__(self, doc):
		self.doc, self.day = doc, getdate(doc.as_of)
		self.plan: Plan = qualifying.plan_of(doc.programme)
		self.entry = qualifying.done_in(doc.programme, self.plan.entry_period(self.day))
		same = self.plan.entry_period(self.day) == self.plan.stay_period(self.day)
		self.stay = self.entry if same else qualifying.done_in(doc.programme, self.plan.stay_period(self.day))

	def write(self, page: int, commit: Callable[[], None]) -> Counter:
		counts, last, seen = Counter(), "", 0
		filters = {"programme": self.doc.programme, "status_category": ["in", OPEN]}
		total = frappe.db.count(CARD, filters) or 1
		while cards := frappe.get_all(
			CARD, {**filters, "name": [">", last]}, CARD_FIELDS, order_by="name asc", limit_page_length=page
		):
			counts += self._write_page(cards)
			last, seen = cards[-1].name, seen + len(cards)
			frappe.db.set_value(REVIEW, self.doc.name, "progress", min(99, round(100 * seen / total, 1)))
			commit()
		return counts

	def _write_page(self, cards: list) -> Counter:
		table, counts = BulkTable(LINE, review=self.doc.name, status_category="Proposed"), Counter()
		for card in cards:
			if verdict := self.verdict(card):
				counts[verdict.action] += 1
				table.add(**self._line(card, verdict))
		table.insert()
		return counts

	def verdict(self, card) -> Verdict | None:
		nothing = Done()
		is_due = not card.tier_until or getdate(card.tier_until) <= self.day
		current = self.plan.get(card.tier)
		stay, entry = self.stay.get(card.name, nothing), self.entry.get(card.name, nothing)
		return review(self.plan, current, is_due, entry, stay)

	def _line(self, card, verdict: Verdict) -> dict:
		return {
			"name": f"{self.doc.name}-{card.name}",
			"card": card.name,
			"customer": card.customer,
			"customer_name": card.customer_name,
			"action": verdict.action,
			"from_tier": card.tier,
			"to_tier": verdict.tier.name,
			"amount": float(verdict.done.amount),
			"visits": verdict.done.visits,
			"valid_until": self.plan.valid_until(verdict.tier, self.day),
			"why": why(self.plan, card.tier, verdict),
		}


def why(plan: Plan, current: str, verdict: Verdict) -> str:
	"""In the user's language: what was asked for and what was done."""
	done = verdict.done
	if verdict.action == UP:
		text, amount, visits = (
			_("Reached {0}: {1} of {2}"),
			verdict.tier.entry_amount,
			verdict.tier.entry_visits,
		)
		tier = verdict.tier
	else:
		tier = plan.get(current)
		amount, visits = tier.stay_amount, tier.stay_visits
		text = _("Keeps {0}: {1} of {2}") if verdict.action == KEEP else _("Misses {0}: {1} of {2}")
	said = text.format(tier.name, fmt_money(done.amount), fmt_money(amount))
	return said + (", " + _("{0} of {1} visits").format(done.visits, visits) if visits else "")


# -- applying


def apply(name: str, batch: int = BATCH) -> None:
	"""Applies an approved review; commits batch by batch."""
	doc = frappe.get_doc(REVIEW, name)
	if doc.status_category != APPROVED:
		return
	try:
		frappe.db.commit()
		while apply_batch(doc, batch):
			frappe.db.commit()
	except Exception as broken:
		frappe.db.rollback()
		frappe.db.set_value(REVIEW, name, "message", str(broken)[:500])  # stays approved: the night goes on
		frappe.db.commit()
		raise
	frappe.db.set_value(REVIEW, name, {"status_category": COMPLETED, "progress": 100, "message": ""})
	frappe.db.commit()


def apply_batch(doc, batch: int = BATCH) -> int:
	"""One transaction; returns how many lines it settled."""
	frappe.db.get_value(REVIEW, doc.name, "name", for_update=True)  # one worker at a time
	fields = ["name", "card", "customer", "from_tier", "to_tier", "valid_until", "amount", "visits", "why"]
	proposed = {"review": doc.name, "status_category": "Proposed"}
	lines = frappe.get_all(LINE, proposed, fields, order_by="name asc", limit_page_length=batch)
	if not lines:
		return 0
	held = ledger.lock(*(line.card for line in lines))
	fitting = [line for line in lines if _still_fits(held.get(line.card), line)]
	tier_changes.write(_change(doc, line, held[line.card]) for line in fitting)
	_mark(fitting, "Applied")
	_mark([line for line in lines if line not in fitting], "Left Out")
	_count(doc.name)
	return len(lines)


def _still_fits(row, line) -> bool:
	"""The card still has the tier that the proposal was made for and was not closed."""
	return bool(row) and row.tier == line.from_tier and row.status_category in OPEN


def _change(doc, line, row) -> Change:
	done = Done(ledger.to_decimal(line.amount), cint(line.visits))
	until = getdate(line.valid_until) if line.valid_until else None
	return Change(
		line.card, line.customer, doc.programme, line.from_tier, line.to_tier, until,
		tier_changes.REVIEW, done, line.why, doc.name, row.status_category,
	)  # fmt: skip


def _mark(lines: list, status: str) -> None:
	if lines:
		line = frappe.qb.DocType(LINE)
		names = [row.name for row in lines]
		frappe.qb.update(line).set(line.status_category, status).where(line.name.isin(names)).run()


def _count(name: str) -> None:
	counts = {
		status: frappe.db.count(LINE, {"review": name, "status_category": status})
		for status in ("Proposed", "Applied", "Left Out")
	}
	done = counts["Applied"] + counts["Left Out"]
	progress = round(100 * done / (sum(counts.values()) or 1), 1)
	values = {"applied": counts["Applied"], "skipped": counts["Left Out"], "progress": progress}
	frappe.db.set_value(REVIEW, name, values)


# -- by the scheduler


def nightly() -> None:
	"""Goes on with reviews whose worker was killed; proposes one where a period ended and tiers are due."""
	for name in frappe.get_all(REVIEW, {"status_category": PREPARING}, pluck="name"):
		_safely(prepare, name)
	for name in frappe.get_all(REVIEW, {"status_category": APPROVED}, pluck="name"):
		_safely(apply, name)
	plans = {"status_category": "Active", "tier_review": ["!=", "Off"]}
	for programme in frappe.get_all("Membership Programme", plans, ["name", "tier_review"]):
		_safely(_review_programme, programme)


def _review_programme(programme) -> None:
	day = last_period_end(qualifying.plan_of(programme.name), getdate(nowdate()))
	if not is_review_due(programme.name, day):
		return
	doc = frappe.get_doc({"doctype": REVIEW, "programme": programme.name, "as_of": day})
	forgive_custom(doc)
	doc.insert(ignore_permissions=True)  # the job acts for nobody
	prepare(doc.name)
	if programme.tier_review == "Automatic":
		frappe.db.set_value(REVIEW, doc.name, {"status_category": APPROVED, "decided_at": now_datetime()})
		frappe.db.commit()
		apply(doc.name)
		return
	for manager in managers():
		notify(
			manager, REVIEW, doc.name, _("Tier review of {0}: approve the proposal").format(programme.name)
		)
	frappe.db.commit()


def is_review_due(programme: str, day) -> bool:
	"""Somebody's tier is due and no review is open or was made for that day."""
	known = frappe.get_all(REVIEW, {"programme": programme}, ["status_category", "as_of"])
	if any(row.status_category in STILL_OPEN or getdate(row.as_of) >= day for row in known):
		return False
	lowest = qualifying.plan_of(programme).lowest.name
	due = [
		["programme", "=", programme],
		["status_category", "in", OPEN],
		["tier", "!=", lowest],
		["tier_until", "is", "set"],
		["tier_until", "<=", day],
	]
	return bool(frappe.get_all(CARD, due, pluck="name", limit_page_length=1))


def _safely(job, subject) -> None:
	"""One that fails must not stop the others."""
	try:
		job(subject)
	except Exception:
		frappe.db.rollback()
		frappe.log_error(title=f"Tier review {subject if isinstance(subject, str) else subject.name}")
		frappe.db.commit()


def _fail(name: str, broken: Exception) -> None:
	frappe.db.rollback()
	frappe.db.set_value(REVIEW, name, {"status_category": FAILED, "message": str(broken)[:500]})
	frappe.db.commit()
