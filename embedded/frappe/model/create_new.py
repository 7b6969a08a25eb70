"""New documents with their defaults."""

import copy

import frappe
from frappe.model import no_value_fields, numeric_fieldtypes
from frappe.utils import cint, flt


def get_new_doc(doctype: str, parent_doc=None, parentfield: str | None = None, as_dict: bool = False):
	"""A document that is not saved yet, with the defaults of its fields."""
	templates = frappe.local.new_doc_templates
	if doctype not in templates:
		templates[doctype] = _static_defaults(doctype)
	values = copy.copy(templates[doctype])
	_dynamic_defaults(doctype, values, parent_doc)
	if parent_doc is not None:
		values.update(parent=parent_doc.name, parenttype=parent_doc.doctype)
	if parentfield:
		values["parentfield"] = parentfield
	return values if as_dict else frappe.get_doc(values)


def _static_defaults(doctype: str) -> frappe._dict:
	values = frappe._dict(doctype=doctype, docstatus=0, __islocal=1)
	for field in frappe.get_meta(doctype).fields:
		if field.fieldtype in no_value_fields or field.is_virtual:
			continue
		value = _static_default(field)
		if value is not None:
			values[field.fieldname] = value
	return values


def _static_default(field):
	default = field.default
	if default in (None, ""):
		if field.fieldtype == "Check":
			return 0
		if field.fieldtype == "Select" and field.options and field.fieldname != "naming_series":
			return field.options.split("\n", 1)[0]
		return None
	if str(default).lower() in ("today", "now", "__user", "user", "nowdate") or str(default).startswith(":"):
		return None
	if field.fieldtype in numeric_fieldtypes:
		return cint(default) if field.fieldtype in ("Check", "Int", "Long Int") else flt(default)
	return default


def _dynamic_defaults(doctype: str, values, parent_doc):
	meta = frappe.get_meta(doctype)
	defaults = frappe.local.cache.setdefault(("user_defaults", frappe.session.user), None)
	if defaults is None:
		defaults = frappe.db.get_defaults(parent=frappe.session.user)
		defaults = frappe.local.cache["user_defaults", frappe.session.user] = {
			**frappe.db.get_defaults(),
			**defaults,
		}
	for field in meta.fields:
		value = _dynamic_default(field, parent_doc)
		if value is None and field.fieldtype == "Link" and not field.ignore_user_permissions:
			value = defaults.get(field.fieldname) if not values.get(field.fieldname) else None
		if value is not None and not values.get(field.fieldname):
			values[field.fieldname] = value


def _dynamic_default(field, parent_doc):
	default = str(field.default or "")
	lowered = default.lower()
	if lowered in ("__user", "user"):
		return frappe.session.user
	if lowered == "today" and field.fieldtype == "Datetime":
		return frappe.utils.now_datetime()
	if default == "Today":  # whatever the field's type, a Select's option too
		return frappe.utils.nowdate()
	if field.fieldtype == "Time":
		return frappe.utils.nowtime()  # with or without a default
	if lowered == "now":
		return frappe.utils.now_datetime()
	if default.startswith(":"):
		reference = frappe.scrub(default[1:])
		name = (parent_doc.get(reference) if parent_doc else None) or frappe.db.get_default(reference)
		return frappe.db.get_value(default[1:], name, field.fieldname) if name else None
	return None


make_new_doc = get_new_doc
