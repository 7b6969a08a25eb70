"""What kind of customers leave, when, and where they went, as far as it is recorded on the customer."""

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Sum
from frappe.utils import flt
from pypika import CustomFunction

from crm_app.crm_analytics.report_parts import card, column, list_route, money_column
from crm_app.crm_analytics.scores import settings
from crm_app.crm_analytics.scores.snapshot import note, snapshot, sums_by

Year, Month = (CustomFunction(name, ["date"]) for name in ("YEAR", "MONTH"))  # Frappe names neither
MONTH = "Month of Last Purchase"
# By what -> the column, of the customer unless the score has it.
KINDS = {
	"Grade": "grade",
	"Lifecycle Stage": "lifecycle_stage",
	"Source": "source",
	"Customer Type": "customer_type",
	"Gender": "gender",
	"Education": "education",
	"Income Band": "income_band",
	"Industry": "industry",
	"City": "city",
	"Segment": "segment",
	"Account Manager": "account_manager",
	"Went To": "lost_to",
	"Reason of Leaving": "lost_reason",
}
NAMES = ("City", "Industry", "Account Manager", "Went To")  # not words of the program
CHART_BARS = 15


def execute(filters=None):
	filters = frappe._dict(filters or {})
	by = filters.by or "Grade"
	if by != MONTH and by not in KINDS:
		frappe.throw(_("By: choose one of {0}.").format(", ".join(map(_, [*KINDS, MONTH]))), title=_("By"))
	state = snapshot()
	if not state.as_of:
		return columns(by), [], note(state)
	days = settings.value("churn_days")
	found = profile(by, filters, days)
	whole = sum(row["lost"] for row in found) / max(1, sum(row["customers"] for row in found))
	table = [finished(row, by, whole, state) for row in found]
	table.sort(key=lambda row: row["sort"] if by == MONTH else -row["lost"])
	told = _("Lost: no purchase in the last {0} days.").format(days)
	return columns(by), table, f"{note(state)} {told}", chart(table, by), cards(table, whole)


def profile(by: str, filters, days: int) -> list[dict]:
	"""Customers, lost ones, their revenue and the risk of the others per group; one query."""

	def group(score, customer) -> dict:
		if by == MONTH:
			return {"year": Year(score.last_sale), "month": Month(score.last_sale)}
		return {"group": (score if by == "Segment" else customer)[KINDS[by]]}

	def lost(score, value):
		return Sum(Case().when(score.recency_days >= days, value).else_(0))

	more = {
		"lost": lambda score, customer: lost(score, 1),
		"lost_revenue": lambda score, customer: lost(score, score.monetary),
	}
	return sums_by(group, ["churn_probability", "value_at_risk", "at_risk"], filters, more)


def finished(row: dict, by: str, whole: float, state) -> dict:
	share = row["lost"] / row["customers"]
	name = f"{row['year']}-{row['month']:02d}" if by == MONTH else row["group"]
	shown = name if not name or by in (*NAMES, MONTH) else _(name)
	narrowing = {} if by in (MONTH, "Segment") or not name else {KINDS[by]: name}
	return {
		"group": shown or _("Not Specified"),
		"group_route": list_route("CRM Customer", **narrowing) if narrowing else None,
		"customers": row["customers"],
		"lost": int(row["lost"] or 0),
		"share": round(100 * share, 1),
		"lift": round(share / whole, 2) if whole else 0.0,
		"lost_revenue": flt(row["lost_revenue"]),
		"probability": round(flt(row["churn_probability"]) / row["customers"], 1),
		"at_risk": int(row["at_risk"] or 0),
		"value_at_risk": flt(row["value_at_risk"]),
		"currency": state.currency,
		"sort": name or "",
	}


def columns(by: str) -> list[dict]:
	return [
		column("group", _(by), width=170),
		column("customers", _("Customers"), "Int", 100),
		column("lost", _("Lost Customers"), "Int", 90),
		column("share", _("Share Lost"), "Percent", 100, precision=1),
		column("lift", _("Against the Average"), "Float", 110, precision=2),
		money_column("lost_revenue", _("Revenue of the Lost")),
		column("probability", _("Mean Churn Probability"), "Percent", 120, precision=1),
		column("at_risk", _("For Retention"), "Int", 100),
		money_column("value_at_risk", _("Value at Risk")),
	]


def chart(table: list[dict], by: str) -> dict | None:
	if not table:
		return None
	shown = table[-CHART_BARS:] if by == MONTH else table[:CHART_BARS]
	stay = [row["customers"] - row["lost"] for row in shown]
	return {
		"title": _("Lost and other customers"),
		"data": {
			"labels": [row["group"] for row in shown],
			"datasets": [
				{"name": _("Lost Customers"), "values": [row["lost"] for row in shown]},
				{"name": _("Customers Still There"), "values": stay},
			],
		},
		"type": "bar",
		"colors": ["#d9705f", "#7aa95c"],
		"barOptions": {"stacked": 1},
		"fieldtype": "Int",
	}


def cards(table: list[dict], whole: float) -> list[dict]:
	if not table:
		return []
	return [
		card(_("Customers"), sum(row["customers"] for row in table), "Int"),
		card(_("Lost Customers"), sum(row["lost"] for row in table), "Int", "Red"),
		card(_("Share Lost"), round(100 * whole, 1), "Percent", "Orange"),
		card(_("For Retention"), sum(row["at_risk"] for row in table), "Int"),
	]
