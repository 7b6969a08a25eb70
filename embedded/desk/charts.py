"""Number Cards and Dashboard Charts: core's figures, in the shape the pages draw."""

import frappe
from frappe import _
from frappe.desk.aggregate import parse_filters
from frappe.desk.doctype.dashboard_chart import dashboard_chart
from frappe.desk.doctype.number_card import number_card
from frappe.utils import cint, flt

from desk import routes, shell


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
	return filtered_list(doc.document_type, doc.filters_json, doc.dynamic_filters_json)


def filtered_list(doctype: str, filters_json: str | None, dynamic: str | None = None) -> str:
	"""Address of the list behind a stored filter, its dynamic part worked out for now."""
	params = {}
	for table, fieldname, operator, value in parse_filters(filters_json or "[]", dynamic):
		if table in (None, doctype):
			plain = operator == "=" and not isinstance(value, list)
			params[fieldname] = value if plain else frappe.as_json([operator, value], indent=None)
	return routes.list_url(doctype, **params)


def may_see(name: str) -> bool:
	"""Whether the chart is there and the reader may read, or run, what it is drawn from."""
	found = frappe.db.get_value("Dashboard Chart", name, ["report_name", "document_type"], as_dict=True)
	if not found:
		return False
	if found.report_name:
		return shell.may_run(found.report_name)
	return not found.document_type or shell.may_read(found.document_type)


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
