"""Groups of customers who buy alike, from the scores: one query, a row a group, their profile in a chart."""

import json

import frappe
from frappe import _
from frappe.query_builder.functions import Avg, Count, Sum

from crm_app.crm_analytics import sales_query
from crm_app.crm_analytics.report_parts import card, column, list_route, money_column
from crm_app.crm_analytics.scores import snapshot
from crm_app.crm_analytics.scores.fitting import MODEL
from crm_app.crm_analytics.scores.wording import cluster_in_words

SCORE = "Customer Score"
PROFILE = ("silence", "days", "spend")


def execute(filters=None):
	filters, state = frappe._dict(filters or {}), snapshot.snapshot()
	groups = [line(row) for row in query(filters).run(as_dict=True)]
	whole = sum(row["revenue"] for row in groups)
	for row in groups:
		row["currency"] = state.currency
		row["share"] = round(100 * row["revenue"] / whole, 2) if whole > 0 else 0
	notes = "<br>".join(part for part in (snapshot.note(state), criterion()) if part)
	return columns(), groups, notes, chart(groups), cards(groups)


def query(filters):
	score = frappe.qb.DocType(SCORE)
	found = (
		frappe.qb.from_(score)
		.select(
			score.cluster,
			Count("*").as_("customers"),
			Sum(score.monetary).as_("revenue"),
			Avg(score.recency_days).as_("silence"),
			Avg(score.purchase_days).as_("days"),
			Avg(score.mean_day).as_("spend"),
			Avg(score.churn_probability).as_("churn"),
			Sum(score.expected_value).as_("expected_value"),
		)
		.where(score.cluster != "")
		.groupby(score.cluster)
		.orderby(Sum(score.monetary), order=frappe.qb.desc)
	)
	return sales_query.of_buyers(found, score.customer, filters)


def line(row) -> dict:
	numbers = ("revenue", "silence", "days", "spend", "churn", "expected_value")
	return {
		"cluster": cluster_in_words(row.cluster),
		"customers": int(row.customers),
		"customers_route": list_route(SCORE, cluster=row.cluster),
		**{name: round(float(row[name] or 0), 2) for name in numbers},
	}


def criterion() -> str | None:
	"""How the number of groups was found."""
	stored = frappe.db.get_value(
		MODEL, {"kind": "Clusters", "is_current": 1}, ["quality", "message"], as_dict=True
	)
	quality = json.loads(stored.quality or "{}") if stored else {}
	if not quality.get("suggested"):
		return _(stored.message) if stored and stored.message else None
	values = ", ".join(f"{k}: {value or '∞'}" for k, value in quality["index"].items())
	return _("{0} groups by the highest {1} index ({2}).").format(
		quality["suggested"], quality["criterion"], values
	)


def columns() -> list[dict]:
	return [
		column("cluster", _("Cluster"), width=300),
		column("customers", _("Customers"), "Int", 100),
		money_column("revenue", _("Revenue")),
		column("share", _("Proportion"), "Percent", 90, precision=1),
		column("silence", _("Mean Days Since Last Sale"), "Float", 130, precision=1),
		column("days", _("Mean Purchase Days"), "Float", 120, precision=1),
		money_column("spend", _("Mean Spend per Purchase Day"), 140),
		column("churn", _("Mean Churn Probability"), "Percent", 130, precision=1),
		money_column("expected_value", _("Expected Value")),
	]


def chart(groups: list) -> dict | None:
	"""Each group's means, the largest of each measure as 100: what sets the groups apart at a glance."""
	if not groups:
		return None
	labels = [_("Days Since Last Sale"), _("Purchase Days"), _("Spend per Day")]
	tops = {name: max(row[name] for row in groups) for name in PROFILE}
	return {
		"title": _("Profile of the groups (largest mean = 100)"),
		"data": {
			"labels": labels,
			"datasets": [
				{
					"name": row["cluster"],
					"values": [
						round(100 * row[name] / tops[name], 1) if tops[name] > 0 else 0 for name in PROFILE
					],
				}
				for row in groups
			],
		},
		"type": "bar",
		"fieldtype": "Float",
	}


def cards(groups: list) -> list[dict]:
	if not groups:
		return []
	first = groups[0]
	return [
		card(_("Groups"), len(groups), "Int"),
		card(_("Customers"), sum(row["customers"] for row in groups), "Int"),
		card(_("Share of the First Group"), first["share"], "Percent", "Green"),
	]
