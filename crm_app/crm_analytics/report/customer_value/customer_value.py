"""What customers were, will be and are worth: a list of the most valuable, or sums of groups."""

import frappe
from frappe import _

from crm_app.crm_analytics.report_parts import card, column, list_route, money_column, report_route
from crm_app.crm_analytics.sales_query import PLACES, kept
from crm_app.crm_analytics.scores.snapshot import note, rows_of, snapshot, sums_by
from crm_app.crm_analytics.scores.wording import cluster_in_words

REPORT = "Customer Value"
WORTH = ("historic_value", "expected_value", "annuity_value", "value_at_risk")
# By what is added up -> where it stands: the score's or the customer's column.
GROUPS = {
	"Segment": ("score", "segment"),
	"Grade": ("customer", "grade"),
	"Lifecycle Stage": ("customer", "lifecycle_stage"),
	"Account Manager": ("customer", "account_manager"),
	"City": ("customer", "city"),
	"ABC Class": ("score", "abc_class"),
	"Cluster": ("score", "cluster"),
}
FILTERS = ("segment", "churn_band", "grade", *PLACES, "account_manager", "customer_segment")
NAMES = ("Account Manager", "City")
CHART_BARS = 15


def execute(filters=None):
	filters = frappe._dict(filters or {})
	state = snapshot()
	by = filters.by or "Customer"
	if by != "Customer" and by not in GROUPS:
		frappe.throw(_("By: choose one of {0}.").format(", ".join(map(_, GROUPS))), title=_("By"))
	if not state.as_of:
		return columns(by), [], note(state)
	groups = sorted(
		grouped("Segment" if by == "Customer" else by, filters), key=lambda row: -row["expected_value"]
	)
	table = customers(filters, state) if by == "Customer" else [group_row(row, by, filters) for row in groups]
	for row in table:
		row["currency"] = state.currency
	message = note(state, REPORT if by == "Customer" else None, filters)
	return (
		columns(by),
		table,
		message,
		chart(groups, "Segment" if by == "Customer" else by),
		cards(groups, state.currency),
	)


def customers(filters, state) -> list[dict]:
	fields = [*WORTH, "segment", "has_forecast", "p_alive", "expected_purchases", "expected_spend"]
	found = rows_of(fields, filters, "expected_value")
	for row in found:
		row["segment_route"] = report_route(REPORT, **{**kept(filters, *FILTERS), "segment": row["segment"]})
		row["segment"] = _(row["segment"])
		row["historic_value_route"] = list_route("CRM Transaction", customer=row["customer"], docstatus=1)
		if not row["has_forecast"]:
			row.update(p_alive=None, expected_purchases=None, expected_value=None)
	return found


def grouped(by: str, filters) -> list[dict]:
	"""Value of each group, one query."""
	table, name = GROUPS[by]
	rows = sums_by(
		lambda score, customer: {"group": (score if table == "score" else customer)[name]},
		[*WORTH, "expected_purchases"],
		filters,
	)
	return [{**row, **{key: float(row[key] or 0) for key in (*WORTH, "expected_purchases")}} for row in rows]


def group_row(row: dict, by: str, filters) -> dict:
	_table, name = GROUPS[by]
	group, shown = row["group"], group_in_words(row["group"], by)
	listed = name in FILTERS and group
	return {
		**row,
		"group": shown,
		"group_route": report_route(REPORT, **{**kept(filters, *FILTERS), name: group}) if listed else None,
		"mean_value": row["expected_value"] / row["customers"],
	}


def group_in_words(group: str | None, by: str) -> str:
	"""Names of people and places stay as they are."""
	if by == "Cluster" and group:
		return cluster_in_words(group)
	return (group if by in NAMES else _(group or "")) or _("Not Specified")


def columns(by: str) -> list[dict]:
	worth = [
		money_column("historic_value", _("Historic Value")),
		money_column("expected_value", _("Expected Value")),
		money_column("annuity_value", _("Annuity Value")),
		money_column("value_at_risk", _("Value at Risk")),
	]
	if by != "Customer":
		return [
			column("group", _(by), width=170),
			column("customers", _("Customers"), "Int", 100),
			*worth,
			money_column("mean_value", _("Expected Value per Customer")),
			column("expected_purchases", _("Expected Purchases"), "Float", 120, precision=1),
		]
	return [
		column("customer", _("Customer"), "Link", 120, options="CRM Customer"),
		column("customer_name", _("Customer Name"), width=180),
		column("segment", _("Segment"), width=140),
		*worth,
		column("p_alive", _("Probability of Being a Customer"), "Percent", 110, precision=1),
		column("expected_purchases", _("Expected Purchases"), "Float", 110, precision=2),
		money_column("expected_spend", _("Expected Spend per Purchase")),
		column("account_manager", _("Account Manager"), "Link", 150, options="User"),
	]


def chart(groups: list[dict], by: str) -> dict | None:
	shown = groups[:CHART_BARS]
	if not shown:
		return None
	return {
		"title": _("Value by group"),
		"data": {
			"labels": [group_in_words(row["group"], by) for row in shown],
			"datasets": [
				{"name": _("Historic Value"), "values": [round(row["historic_value"], 2) for row in shown]},
				{"name": _("Expected Value"), "values": [round(row["expected_value"], 2) for row in shown]},
			],
		},
		"type": "bar",
		"fieldtype": "Currency",
	}


def cards(groups: list[dict], currency: str) -> list[dict]:
	customers = sum(row["customers"] for row in groups)
	if not customers:
		return []
	labels = (_("Historic Value"), _("Expected Value"), _("Annuity Value"), _("Value at Risk"))
	money = [
		card(label, round(sum(row[name] for row in groups), 2), "Currency", currency=currency)
		for label, name in zip(labels, WORTH, strict=True)
	]
	purchases = round(sum(row["expected_purchases"] for row in groups), 1)
	return [
		card(_("Customers"), customers, "Int"),
		*money,
		card(_("Expected Purchases"), purchases, "Float"),
	]
