"""What members still hold, and what it is worth: by the age of the lots or by the month of their expiry."""

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Sum
from frappe.utils import getdate, nowdate

from crm_app.crm_analytics.report_parts import card, column, list_route, money_column
from crm_app.crm_customers.permissions import apply_row_rule
from crm_app.crm_membership.domain.kinds import BONUS, POINTS, PRINCIPAL
from crm_app.crm_membership.ledger_sums import ACCOUNT, LOT, currency_of, month_of
from crm_app.utils.money import ZERO, round_money, to_decimal

NEVER = "9999-12"
AGES = ((3, "Up to 3 months"), (6, "3 to 6 months"), (12, "6 to 12 months"), (24, "1 to 2 years"))
OLDEST = "Over 2 years"
FIELDS = {POINTS: "points", PRINCIPAL: "principal", BONUS: "bonus"}


def execute(filters=None):
	filters = frappe._dict(filters or {})
	by_expiry = filters.by == "Expiry Month"
	found: dict[str, dict] = {}
	for lot in query(filters).run(as_dict=True):
		key = lot.expires if by_expiry else age(lot.granted)
		add(found.setdefault(key, blank(key, by_expiry)), lot)
	order = sorted(found) if by_expiry else [*(label for _most, label in AGES), OLDEST]
	rows = [finished(found[key], filters) for key in order if key in found]
	return columns(by_expiry), rows, None, chart(rows), cards(rows, filters) if rows else []


def query(filters):
	"""Open lots by kind, month of grant, month of expiry and programme: a few hundred sums."""
	lot, account, plan = map(frappe.qb.DocType, (LOT, ACCOUNT, "Membership Programme"))
	granted, expires = month_of(lot.granted_at), month_of(lot.order_date)
	built = (
		frappe.qb.from_(lot)
		.join(account)
		.on(account.name == lot.account)
		.join(plan)
		.on(plan.name == account.programme)
		.select(lot.kind, granted.as_("granted"), expires.as_("expires"), plan.point_value)
		.select(Sum(lot.remaining).as_("held"), Count("*").as_("lots"))
		.where((lot.is_closed == 0) & (lot.order_date >= getdate(nowdate())) & lot.kind.isin(list(FIELDS)))
		.groupby(lot.kind, granted, expires, plan.point_value)
	)
	if filters.programme:
		built = built.where(account.programme == filters.programme)
	return apply_row_rule(built, lot.customer)


def age(month: str) -> str:
	year, number = map(int, str(month).split("-"))
	today = getdate(nowdate())
	months = (today.year - year) * 12 + today.month - number
	return next((label for most, label in AGES if months < most), OLDEST)


def blank(key: str, by_expiry: bool) -> dict:
	shown = (_("Never") if key == NEVER else key) if by_expiry else _(key)
	route = None
	if by_expiry:
		days = ["like", f"{key}%"]
		route = list_route(LOT, is_closed="0", order_date=days)
	return {
		"bucket": shown,
		"bucket_route": route,
		"lots": 0,
		**dict.fromkeys([*FIELDS.values(), "worth"], ZERO),
	}


def add(row: dict, lot) -> None:
	held = to_decimal(lot.held)
	row["lots"] += lot.lots
	row[FIELDS[lot.kind]] += held
	row["worth"] += held * to_decimal(lot.point_value) if lot.kind == POINTS else held


def finished(row: dict, filters) -> dict:
	numbers = {name: float(round_money(row[name])) for name in (*FIELDS.values(), "worth")}
	return {**row, **numbers, "currency": currency_of(filters.programme)}


def columns(by_expiry: bool) -> list[dict]:
	return [
		column("bucket", _("Expiry Month") if by_expiry else _("Age"), width=140),
		column("lots", _("Lots"), "Int", 90),
		column("points", _("Points"), "Float", 120, precision="0"),
		money_column("principal", _("Stored Value (principal)"), 160),
		money_column("bonus", _("Stored Value (bonus)"), 150),
		money_column("worth", _("Liability"), 140),
	]


def chart(rows: list[dict]) -> dict | None:
	if not rows:
		return None
	return {
		"data": {
			"labels": [row["bucket"] for row in rows],
			"datasets": [{"name": _("Liability"), "values": [row["worth"] for row in rows]}],
		},
		"type": "bar",
		"fieldtype": "Currency",
	}


def cards(rows: list[dict], filters) -> list[dict]:
	sums = {name: sum(row[name] for row in rows) for name in (*FIELDS.values(), "worth")}
	code = {"currency": currency_of(filters.programme)}
	owed = debt(filters)
	return [
		card(_("Points Outstanding"), sums["points"], "Float"),
		card(_("Stored Value (principal)"), sums["principal"], "Currency", **code),
		card(_("Stored Value (bonus)"), sums["bonus"], "Currency", **code),
		card(_("Liability"), sums["worth"], "Currency", "Orange", **code),
		card(_("Points Owed"), owed, "Float", "Red" if owed else "Green"),
	]


def debt(filters) -> float:
	"""Points that members owe since returns; they are no lots, and no liability."""
	account = frappe.qb.DocType(ACCOUNT)
	built = frappe.qb.from_(account).select(Sum(account.points_debt))
	if filters.programme:
		built = built.where(account.programme == filters.programme)
	return float(to_decimal(apply_row_rule(built, account.customer).run()[0][0]))
