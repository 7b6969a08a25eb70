"""What a list is sorted and searched by, and what it calls its records, must be fields that have a column."""

import frappe
from frappe import _
from frappe.model import child_table_fields, default_fields, no_value_fields, table_fields

from crm_app.customising import saying

KEYS = ("sort_field", "title_field", "search_fields")


def check(doctype: str, key: str, value: str | None) -> None:
	if key == "sort_order" and (value or "").upper() not in ("", "ASC", "DESC"):
		saying.refuse(
			_("{0} of {1} is ASC or DESC, not {2}.").format(saying.property_label(key), _(doctype), value)
		)
	if key not in KEYS:
		return
	known = _columns(doctype, standard=key != "title_field")
	for name in _names(key, value or ""):
		if name not in known:
			text = _("{0}: {1} has no field {2} with a value of its own.")
			saying.refuse(text.format(saying.property_label(key), _(doctype), name))


def _names(key: str, value: str) -> list[str]:
	"""Frappe sorts by several: `status asc, creation desc`."""
	parts = [part.strip() for part in value.split(",") if part.strip()]
	return [part.split()[0] for part in parts] if key == "sort_field" else parts


def _columns(doctype: str, standard: bool) -> set[str]:
	meta = frappe.get_meta(doctype)
	without = (*no_value_fields, *table_fields)
	found = {df.fieldname for df in meta.fields if df.fieldtype not in without and not df.is_virtual}
	return found | ({*default_fields, *child_table_fields} if standard else set())
