"""Number Cards and Dashboard Charts: core's figures, in the shape the pages draw."""

import frappe
from frappe import _
from frappe.desk.doctype.dashboard_chart import dashboard_chart
from frappe.desk.doctype.number_card import number_card
from frappe.utils import cint, flt

from desk import routes

PALETTE = {"blue": "blue", "green": "green", "red": "red", "orange": "orange", "yellow": "orange"}


def card(name: str) -> dict | None:
	"""Label, value and drill-down address of a Number Card; None when the reader may not see it."""
	try:
		doc = frappe.get_cached_doc("Number Card", name)
		value = number_card.get_result(doc, frappe.parse_json(doc.filters_json or "[]"))
	except (frappe.PermissionError, frappe.DoesNotExistError):
		return None
	return {
		"label": _(doc.label or name),
		"value": short(value, doc),
		"url": card_url(doc),
		"colour": doc.get("color") or "",
	}


def short(value, doc) -> str:
	number = flt(value.get("value") if isinstance(value, dict) else value)
	if doc.get("function") == "Count" or number == cint(number):
		return f"{cint(number):,}"
	return f"{number:,.2f}" if abs(number) < 100_000 else f"{number:,.0f}"


def card_url(doc) -> str | None:
	if doc.get("type") == "Report":
		return routes.report_url(doc.report_name)
	if not doc.document_type:
		return None
	return routes.list_url(doc.document_type, **list_filters(doc.filters_json, doc.document_type))


def list_filters(filters_json: str | None, doctype: str) -> dict:
	"""Stored filters (`[[doctype, field, op, value, …]]` or a dict) as the list page's parameters."""
	filters = frappe.parse_json(filters_json or "[]") or []
	if isinstance(filters, dict):
		filters = [
			[doctype, key, *(value if isinstance(value, list) else ["=", value])]
			for key, value in filters.items()
		]
	return {
		row[1]: row[3] if row[2] == "=" else frappe.as_json(row[2:4], indent=None)
		for row in filters
		if row[0] == doctype
	}


def chart(name: str) -> dict:
	"""A chart dict {type, data: {labels, datasets}, …}. Raises frappe.PermissionError."""
	doc = frappe.get_cached_doc("Dashboard Chart", name)
	data = dashboard_chart.get(chart_name=name) or {}
	if "data" not in data:
		data = {"data": data}
	labels = [_(str(label)) for label in data["data"].get("labels", [])]
	datasets = [{**row, "name": _(row.get("name") or name)} for row in data["data"].get("datasets", [])]
	return {
		"type": (doc.type or "Line").lower(),
		"colors": [doc.color] if doc.get("color") else [],
		"data": {"labels": labels, "datasets": datasets},
	}
