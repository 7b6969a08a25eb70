"""Month by month: issued, redeemed, given back, expired, taken back; what is left, and the breakage."""

import frappe
from frappe import _
from frappe.utils import getdate

from crm_app.crm_analytics.report_parts import card, column, list_route
from crm_app.crm_membership import ledger_sums
from crm_app.crm_membership.domain.kinds import KINDS, POINTS
from crm_app.crm_membership.domain.tiers import add_months
from crm_app.utils.money import ZERO, to_decimal

COLUMN_OF = {
	"Earn": "issued", "Bonus": "issued", "Opening": "issued", "Top-up": "issued",
	"Redeem": "redeemed", "Payment": "redeemed", "Gift": "redeemed",
	"Reverse": "given_back", "Expire": "expired",
	"Return": "returned", "Claw Back": "returned", "Refund": "returned",
}  # fmt: skip
NUMBERS = ("issued", "redeemed", "given_back", "expired", "returned", "other")
LABELS = {
	"issued": "Given Out", "redeemed": "Redeemed", "given_back": "Reversed", "expired": "Expired",
	"returned": "Taken Back", "other": "Adjusted or Moved",
}  # fmt: skip


def execute(filters=None):
	filters = frappe._dict(filters or {})
	kind = filters.kind if filters.kind in KINDS else POINTS
	start, end = ledger_sums.dates(filters, _("Points Movement"))
	months: dict[str, dict] = {}
	day = start.replace(day=1)
	while day <= end:
		months[f"{day:%Y-%m}"] = dict.fromkeys(NUMBERS, ZERO)
		day = add_months(day, 1)
	by_month = ("month", lambda entry: ledger_sums.month_of(entry.posting_date))
	for row in ledger_sums.entries(filters, [kind], by_month, since=start, until=end):
		months[row.month][COLUMN_OF.get(row.entry_type, "other")] += to_decimal(row.total)
	rows = with_balance(months, ledger_sums.balance_before(filters, kind, start), kind)
	return columns(rows), rows, None, chart(rows), cards(rows)


def with_balance(months: dict[str, dict], balance, kind: str) -> list[dict]:
	rows = []
	for month, sums in months.items():
		balance += sum(sums.values())
		rows.append(
			{
				"month": month,
				"month_route": _days(month, kind),
				**{name: float(value) for name, value in sums.items()},
				"net": float(sum(sums.values())),
				"balance": float(balance),
				"breakage": _share(-sums["expired"], sums["issued"]),
			}
		)
	return rows


def _days(month: str, kind: str) -> str:
	first = getdate(f"{month}-01")
	last = add_months(first, 1).replace(day=1)
	between = ["between", [str(first), str(frappe.utils.add_days(last, -1))]]
	return list_route(ledger_sums.ENTRY, kind=kind, posting_date=between)


def _share(part, whole) -> float | None:
	return round(float(100 * part / whole), 1) if whole > 0 else None


def columns(rows: list[dict]) -> list[dict]:
	"""Decimals only where there are some; "0" as text, for Frappe takes the number 0 for not set."""
	places = "2" if any(row[name] % 1 for row in rows for name in NUMBERS) else "0"
	numbers = [column(name, _(label), "Float", 105, precision=places) for name, label in LABELS.items()]
	return [
		column("month", _("Month"), width=100),
		*numbers,
		column("net", _("Net Change"), "Float", 105, precision=places),
		column("balance", _("Balance"), "Float", 120, precision=places),
		column("breakage", _("Breakage Rate"), "Percent", 110, precision=1),
	]


def chart(rows: list[dict]) -> dict:
	shown = ("issued", "redeemed", "expired", "returned")
	return {
		"data": {
			"labels": [row["month"] for row in rows],
			"datasets": [
				{"name": _(LABELS[name]), "values": [abs(row[name]) for row in rows]} for name in shown
			],
		},
		"type": "bar",
		"fieldtype": "Float",
		"colors": ["#2490EF", "#29cd42", "#a0aec0", "#ff8a3d"],
	}


def cards(rows: list[dict]) -> list[dict]:
	sums = {name: sum(row[name] for row in rows) for name in NUMBERS}
	redeemed = sums["redeemed"]
	return [
		card(_("Given Out"), sums["issued"], "Float"),
		card(_("Redeemed"), -redeemed, "Float", "Green"),
		card(_("Expired"), -sums["expired"], "Float", "Gray"),
		card(_("Breakage Rate"), _share(-sums["expired"], sums["issued"]) or 0, "Percent", "Orange"),
		card(_("Balance"), rows[-1]["balance"] if rows else 0, "Float"),
	]
