"""From which tier to which between two days: a matrix of cards."""

from collections import Counter, defaultdict

import frappe
from frappe import _
from frappe.query_builder.functions import Count

from crm_app.crm_analytics.report_parts import card, column, list_route, tint
from crm_app.crm_customers.permissions import apply_row_rule
from crm_app.crm_membership import ledger_sums, qualifying
from crm_app.crm_membership.domain.card_status import REPLACED

CHANGE, CARD = "Member Tier Change", "Member Card"


def execute(filters=None):
	filters = frappe._dict(filters or {})
	start, end = ledger_sums.dates(filters, _("Tier Migration"))
	moves = migration(filters, start, end)
	tiers = ordered(filters, {name for move in moves for name in move})
	rows = [line(tier, tiers, moves, filters, start, end) for tier in tiers]
	return columns(tiers), rows, None, chart(tiers, moves), cards(tiers, moves)


def migration(filters, start, end) -> Counter:
	"""{(tier at the start, tier at the end): cards} of cards issued by the start. Three queries.

	The tier on a day is the one that the first change after that day left; without one, today's.
	"""
	then, at_end, cards_of = {}, {}, {}
	for change in changes(filters, start):
		cards_of[change.card] = change.now
		then.setdefault(change.card, change.from_tier)
		if frappe.utils.getdate(change.posting_date) > end:
			at_end.setdefault(change.card, change.from_tier)
	moves = Counter({(row.tier, row.tier): row.number for row in held(filters, start)})
	for name, now in cards_of.items():
		moves[now, now] -= 1
		moves[then[name], at_end.get(name, now)] += 1
	return Counter({move: number for move, number in moves.items() if number})


def changes(filters, start):
	change, card_ = frappe.qb.DocType(CHANGE), frappe.qb.DocType(CARD)
	built = (
		frappe.qb.from_(change)
		.join(card_)
		.on(card_.name == change.card)
		.select(change.card, change.from_tier, change.posting_date, card_.tier.as_("now"))
		.where((change.posting_date > start) & (card_.issued_on <= start))
		.where(card_.status_category != REPLACED)
		.orderby(change.changed_at)
		.orderby(change.creation)
	)
	if filters.programme:
		built = built.where(change.programme == filters.programme)
	return apply_row_rule(built, change.customer).run(as_dict=True)


def held(filters, start):
	card_ = frappe.qb.DocType(CARD)
	built = (
		frappe.qb.from_(card_)
		.select(card_.tier, Count("*").as_("number"))
		.where((card_.issued_on <= start) & (card_.status_category != REPLACED))
		.groupby(card_.tier)
	)
	if filters.programme:
		built = built.where(card_.programme == filters.programme)
	return apply_row_rule(built, card_.customer).run(as_dict=True)


def ordered(filters, names: set[str]) -> list[str]:
	"""By level; without a programme by the lowest level that a tier of the name has."""
	programmes = (
		[filters.programme] if filters.programme else frappe.get_all("Membership Programme", pluck="name")
	)
	levels = defaultdict(lambda: 10**6)
	for programme in programmes:
		for tier in qualifying.plan_of(programme).tiers:
			levels[tier.name] = min(levels[tier.name], tier.level)
	return sorted(names, key=lambda name: (levels[name], name or ""))


def line(tier: str, tiers: list[str], moves: Counter, filters, start, end) -> dict:
	total = sum(moves[tier, other] for other in tiers)
	row = {"tier": tier, "total": total}
	days = ["between", [str(frappe.utils.add_days(start, 1)), str(end)]]
	for place, other in enumerate(tiers):
		number = moves[tier, other]
		row |= {f"t{place}": number, f"t{place}_tint": tint(number / total if total else None)}
		if number and other != tier:
			row[f"t{place}_route"] = list_route(
				CHANGE, programme=filters.programme, from_tier=tier, to_tier=other, posting_date=days
			)
	return row


def columns(tiers: list[str]) -> list[dict]:
	return [
		column("tier", _("From Tier"), width=140),
		*(column(f"t{place}", f"→ {tier}", "Int", 110) for place, tier in enumerate(tiers)),
		column("total", _("Cards"), "Int", 90),
	]


def chart(tiers: list[str], moves: Counter) -> dict | None:
	if not tiers:
		return None
	before = [sum(moves[tier, other] for other in tiers) for tier in tiers]
	after = [sum(moves[other, tier] for other in tiers) for tier in tiers]
	return {
		"data": {
			"labels": tiers,
			"datasets": [
				{"name": _("At the Start"), "values": before},
				{"name": _("At the End"), "values": after},
			],
		},
		"type": "bar",
		"fieldtype": "Int",
		"colors": ["#a0aec0", "#2490EF"],
	}


def cards(tiers: list[str], moves: Counter) -> list[dict]:
	rank = {tier: place for place, tier in enumerate(tiers)}
	up = sum(number for (old, new), number in moves.items() if rank[new] > rank[old])
	down = sum(number for (old, new), number in moves.items() if rank[new] < rank[old])
	return [
		card(_("Cards"), sum(moves.values()), "Int"),
		card(_("Cards up"), up, "Int", "Green"),
		card(_("Cards down"), down, "Int", "Orange" if down else "Green"),
	]
