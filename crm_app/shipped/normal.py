"""Records as texts: what a site stores reads like the definition that was shipped."""

import json

import frappe
from frappe.utils import cint, cstr, flt

from crm_app.workflows.changes import NO_VALUE, NUMBERS, TABLES

# Where the app does not own the DocType: the properties that decide something.
MEANINGFUL = {
	"Workflow": "document_type is_active override_status send_email_alert workflow_state_field",
	"Workflow Document State": "state doc_status allow_edit update_field update_value message",
	"Workflow Transition": "state action next_state allowed allow_self_approval condition",
	"Number Card": "label type document_type function aggregate_function_based_on report_name report_field"
	" report_function method filters_json dynamic_filters_json is_public color show_percentage_stats"
	" stats_time_interval parent_document_type module",
	"Dashboard Chart": "chart_type document_type report_name use_report_chart x_field based_on value_based_on"
	" group_by_type group_by_based_on aggregate_function_based_on number_of_groups timespan time_interval"
	" timeseries type filters_json dynamic_filters_json is_public color source custom_options"
	" parent_document_type module",
	"Workspace": "title icon indicator_color sequence_id parent_page public is_hidden hide_custom content"
	" module",
	"Workspace Link": "type label link_type link_to hidden onboard is_query_report dependencies"
	" report_ref_doctype",
	"Workspace Shortcut": "type label link_to url doc_view stats_filter format color report_ref_doctype",
}
TABLE_FIELDS = {
	"Workflow": ("states", "transitions"),
	"Dashboard Chart": ("y_axis", "roles"),
	"Workspace": ("charts", "custom_blocks", "links", "number_cards", "quick_lists", "roles", "shortcuts"),
}
# What a definition carries and nobody edits: the record's own name, and what a form works out.
IGNORED = {
	"Workflow": {"workflow_name"},
	"Workflow Document State": {"style"},  # colours the state when it is made, see made.ensure_linked
	"Number Card": {"is_standard"},
	"Dashboard Chart": {"chart_name", "is_standard"},
	"Workspace": {"label", "for_user"},
	"Workspace Link": {"link_count"},
}
STANDARD = {"doctype", "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx"}


def normalised(doctype: str, values: dict, like: dict | None = None) -> dict:
	"""The meaningful values as texts; `like` (a normalised definition) limits them to its keys."""
	meta = frappe.get_meta(doctype)
	wanted = list(like) if like is not None else _keys(doctype, values)
	fields = [df for key in wanted if (df := meta.get_field(key)) and df.fieldtype not in NO_VALUE]
	return {
		df.fieldname: _value(df, values.get(df.fieldname), (like or {}).get(df.fieldname)) for df in fields
	}


def current(doctype: str, name: str, like: dict | None = None) -> dict | None:
	if not frappe.db.exists(doctype, name):
		return None
	return normalised(doctype, frappe.get_doc(doctype, name).as_dict(), like)


def _keys(doctype: str, values: dict) -> list[str]:
	if doctype in MEANINGFUL:
		return [*MEANINGFUL[doctype].split(), *TABLE_FIELDS.get(doctype, ())]
	return [key for key in values if key not in STANDARD and key != naming_field(doctype)]


def naming_field(doctype: str) -> str:
	"""The field that only repeats the name of the record."""
	return (frappe.get_meta(doctype).autoname or "").partition("field:")[2]


def uncounted(doctype: str, values: dict) -> set[str]:
	"""Properties of a definition that are neither compared nor known to need no comparing."""
	if doctype not in MEANINGFUL:
		return set()
	rows = {df.fieldname: df.options for df in frappe.get_meta(doctype).fields if df.fieldtype in TABLES}
	found = set(values) - set(_keys(doctype, values)) - IGNORED.get(doctype, set()) - STANDARD
	below = [(rows[key], row) for key in rows for row in values.get(key) or []]
	return {f"{doctype}.{key}" for key in found}.union(*(uncounted(*one) for one in below))


def blank(doctype: str) -> dict:
	"""What a record has by itself: {fieldname: texts}, of a table {column: texts}."""
	return {
		df.fieldname: blank(df.options) if df.fieldtype in TABLES else _blank(df)
		for df in frappe.get_meta(doctype).fields
		if df.fieldtype not in NO_VALUE
	}


def _blank(df) -> set[str]:
	"""Without default a choice starts as its first option, or empty in a record from before the field."""
	if df.default is not None or df.fieldtype != "Select":
		return {text(df.fieldtype, df.default)}
	return {"", (df.options or "").split("\n")[0].strip()}


def _value(df, value, like):
	if df.fieldtype in TABLES:
		patterns = like or []
		return [
			normalised(df.options, row, _pattern(df.options, patterns, at))
			for at, row in enumerate(value or [])
		]
	return text(df.fieldtype, value)


def _pattern(doctype: str, patterns: list, at: int) -> dict | None:
	"""Which columns of a row count: those of the shipped row beside it."""
	if doctype in MEANINGFUL or not patterns:
		return None
	return patterns[min(at, len(patterns) - 1)]


def text(fieldtype: str, value) -> str:
	"""Nothing and zero read alike; numbers, times and JSON without regard to their spelling."""
	if fieldtype in NUMBERS:
		return f"{flt(value):.6f}".rstrip("0").rstrip(".") if flt(value) else ""
	if fieldtype in ("Check", "Int"):
		return cstr(cint(value) or "")
	if fieldtype == "Time":
		return cstr(value).split(".")[0].zfill(8) if value else ""
	plain = cstr(value).strip().replace("\r\n", "\n")
	return _json(plain) if plain[:1] in ("[", "{") else plain


def _json(plain: str) -> str:
	try:
		return json.dumps(_without_ids(json.loads(plain)), ensure_ascii=False, sort_keys=True)
	except ValueError:
		return plain


def _without_ids(value):
	"""The blocks of a workspace get new ids whenever the page is saved."""
	if isinstance(value, list):
		return [
			{key: part for key, part in item.items() if key != "id"} if isinstance(item, dict) else item
			for item in value
		]
	return value
