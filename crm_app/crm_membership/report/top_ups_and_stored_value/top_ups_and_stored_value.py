"""Stored value by month or store: paid in, given on top, spent, refunded, expired."""

from collections import defaultdict

import frappe
from frappe import _

from crm_app.crm_analytics.report_parts import card, column, list_route, money_column
from crm_app.crm_membership import ledger_sums
from crm_app.crm_membership.domain.kinds import BONUS, PRINCIPAL
from crm_app.utils.money import ZERO, round_money, to_decimal

COLUMN_OF = {
	(PRINCIPAL, "Top-up"): "principal",
	(PRINCIPAL, "Opening"): "principal",
	(BONUS, "Bonus"): "bonus",
	(BONUS, "Opening"): "bonus",
	(PRINCIPAL, "Payment"): "spent_principal",
	(BONUS, "Payment"): "spent_bonus",
	(PRINCIPAL, "Refund"): "refunded",
	(PRINCIPAL, "Expire"): "expired",
	(BONUS, "Expire"): "expired",
}
NUMBERS = {
	"principal": "Paid in", "bonus": "Bonus", "spent_principal": "Spent from Principal",
	"spent_bonus": "Spent from Bonus", "refunded": "Refunded", "expired": "Expired", "other": "Other",
}  # fmt: skip
OUTGOING = ("spent_principal", "spent_bonus", "refunded", "expired")


def execute(filters=None):
	filters = frappe._dict(filters or {})
	start, end = ledger_sums.dates(filters, _("Top-ups and Stored Value"))
	by_store = filters.by == "Store"
	group = ("bucket", lambda entry: entry.store if by_store else ledger_sums.month_of(entry.posting_date))
	found: dict = defaultdict(lambda: dict.fromkeys(NUMBERS, ZERO))
	for row in ledger_sums.entries(filters, [PRINCIPAL, BONUS], group, since=start, until=end):
		found[row.bucket or ""][COLUMN_OF.get((row.kind, row.entry_type), "other")] += to_decimal(row.total)
	currency = ledger_sums.currency_of(filters.programme)
	rows = [line(key, sums, by_store, currency) for key, sums in sorted(found.items())]
	return columns(by_store), rows, None, chart(rows), cards(rows, currency) if rows else []


def line(key: str, sums: dict, by_store: bool, currency: str | None) -> dict:
	shown = {name: float(round_money(-value if name in OUTGOING else value)) for name, value in sums.items()}
	route = list_route(ledger_sums.ENTRY, store=key) if by_store and key else None
	return {
		"bucket": key or _("Without a Store"),
		"bucket_route": route,
		**shown,
		"change": float(round_money(sum(sums.values()))),
		"currency": currency,
	}


def columns(by_store: bool) -> list[dict]:
	return [
		column("bucket", _("Store") if by_store else _("Month"), width=140),
		*(money_column(name, _(label), 125) for name, label in NUMBERS.items()),
		money_column("change", _("Change"), 120),
	]


def chart(rows: list[dict]) -> dict | None:
	if not rows:
		return None
	shown = {"principal": _("Paid in"), "bonus": _("Bonus")}
	datasets = [{"name": label, "values": [row[name] for row in rows]} for name, label in shown.items()]
	spent = [row["spent_principal"] + row["spent_bonus"] for row in rows]
	return {
		"data": {
			"labels": [row["bucket"] for row in rows],
			"datasets": [*datasets, {"name": _("Spent"), "values": spent}],
		},
		"type": "bar",
		"fieldtype": "Currency",
		"colors": ["#2490EF", "#a0aec0", "#29cd42"],
	}


def cards(rows: list[dict], currency: str | None) -> list[dict]:
	sums = {name: sum(row[name] for row in rows) for name in NUMBERS}
	spent = sums["spent_principal"] + sums["spent_bonus"]
	return [
		card(_("Paid in"), sums["principal"], "Currency", currency=currency),
		card(_("Bonus"), sums["bonus"], "Currency", "Orange", currency=currency),
		card(_("Spent"), spent, "Currency", "Green", currency=currency),
		card(_("Refunded"), sums["refunded"], "Currency", "Gray", currency=currency),
	]
