"""The value of a number card, as the reader may see it."""

import frappe
from frappe.app_hooks import named_method
from frappe.desk.aggregate import aggregate, parse_filters
from frappe.utils import flt


@frappe.whitelist()
def get_result(doc: str | dict, filters: str | dict | list | None = None, to_date=None):
	"""Number of a Document Type, Report or Custom card."""
	card = doc.as_dict() if hasattr(doc, "as_dict") else frappe.parse_json(doc)
	if not isinstance(card, dict):
		raise frappe.InvalidValue(frappe._("{0} is not valid JSON").format("doc"))
	card = frappe._dict(card)
	if card.type == "Custom":
		method = named_method(card.method)  # the card may be the client's own
		answer = frappe.call(method, filters=frappe.parse_json(filters) if filters else None)
		return answer.get("value") if isinstance(answer, dict) else answer
	if card.type == "Report":
		return _report_value(card)
	own = parse_filters(filters if filters is not None else card.filters_json, card.dynamic_filters_json)
	if to_date:
		own.append([card.document_type, "creation", "<", to_date])
	return flt(aggregate(card.document_type, card.function, card.aggregate_function_based_on, own))


def _report_value(card):
	from frappe.desk.query_report import run

	filters = {**_dict(card.filters_json), **_dict(card.dynamic_filters_json)}
	values = [
		flt(row.get(card.report_field))
		for row in run(card.report_name, filters)["result"]
		if not row.get("is_total_row")
	]
	functions = {
		"Sum": sum,
		"Average": lambda v: sum(v) / len(v) if v else 0,
		"Minimum": lambda v: min(v, default=0),
		"Maximum": lambda v: max(v, default=0),
	}
	return functions[card.report_function or "Sum"](values)


def _dict(text) -> dict:
	value = frappe.parse_json(text) if text else {}
	return value if isinstance(value, dict) else {}


@frappe.whitelist()
def get_percentage_difference(doc, filters=None, result=None):
	"""Change in percent against the start of the card's interval, None when it cannot be said."""
	card = frappe._dict(frappe.parse_json(doc) if isinstance(doc, str) else doc)
	if not card.show_percentage_stats or card.type != "Document Type":
		return None
	step = {"Daily": "days", "Weekly": "weeks", "Monthly": "months", "Yearly": "years"}[
		card.stats_time_interval or "Daily"
	]
	before = get_result(card, filters, to_date=frappe.utils.add_to_date(None, **{step: -1}, as_datetime=True))
	return (flt(result) / before - 1) * 100 if before else None
