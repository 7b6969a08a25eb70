"""The product each customer is most likely to take next, from the scores: one query."""

from collections import Counter

import frappe
from frappe import _
from frappe.query_builder.functions import Max

from crm_app.crm_analytics import sales_query
from crm_app.crm_analytics.associations import ASSOCIATION
from crm_app.crm_analytics.report_parts import card, column, report_route, shorten
from crm_app.crm_analytics.scores import snapshot

CHARTED = 6


def execute(filters=None):
	filters = frappe._dict(filters or {})
	rows = query(filters).run(as_dict=True)
	for row in rows:
		row.item_name = row.item_name or row.next_item
		row.next_item_route = report_route("Sales Lines", item_code=row.next_item)
		row.segment = _(row.segment or "")
	note = snapshot.note(snapshot.snapshot(), "Next Product" if rows else None, filters)
	return columns(), rows, note, chart(rows), cards(rows)


def query(filters):
	score, customer = frappe.qb.DocType("Customer Score"), frappe.qb.DocType(sales_query.CUSTOMER)
	rule = frappe.qb.DocType(ASSOCIATION)
	titles = frappe.qb.from_(rule).select(rule.right_item, Max(rule.right_name).as_("title"))
	titles = titles.groupby(rule.right_item).as_("titles")
	found = (
		frappe.qb.from_(score)
		.join(customer)
		.on(customer.name == score.customer)
		.left_join(titles)
		.on(titles.right_item == score.next_item)
		.select(
			score.customer,
			customer.customer_name,
			score.next_item,
			titles.title.as_("item_name"),
			score.next_item_score,
			score.segment,
			score.last_sale,
		)
		.where(score.next_item != "")
		.orderby(score.next_item_score, order=frappe.qb.desc)
		.orderby(score.customer)
	)
	if filters.item:
		found = found.where(score.next_item == filters.item)
	return sales_query.of_buyers(found, score.customer, filters)


def columns() -> list[dict]:
	return [
		column("customer", _("Customer"), "Link", 120, options="CRM Customer"),
		column("customer_name", _("Customer Name"), width=180),
		column("next_item", _("Next Product"), width=110),
		column("item_name", _("Item Name"), width=240),
		column("next_item_score", _("Confidence (%)"), "Percent", 120, precision=1),
		column("segment", _("Segment"), width=150),
		column("last_sale", _("Last Sale"), "Date", 110),
	]


def chart(rows: list) -> dict | None:
	"""The products recommended to most customers."""
	if not rows:
		return None
	names = {row.next_item: row.item_name for row in rows}
	top = Counter(row.next_item for row in rows).most_common(CHARTED)
	return {
		"title": _("Customers by their next product"),
		"data": {
			"labels": [shorten(names[item], 18) for item, _number in top],
			"datasets": [{"name": _("Customers"), "values": [number for _item, number in top]}],
		},
		"type": "bar",
		"fieldtype": "Int",
		"colors": ["#2490ef"],
	}


def cards(rows: list) -> list[dict]:
	if not rows:
		return []
	mean = sum(row.next_item_score for row in rows) / len(rows)
	return [
		card(_("Customers"), len(rows), "Int"),
		card(_("Products"), len({row.next_item for row in rows}), "Int"),
		card(_("Mean Confidence"), round(mean, 1), "Percent", "Green"),
	]
