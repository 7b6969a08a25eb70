"""Settings with the shipped value where an administrator left the field empty."""

import frappe
from frappe.utils import cint, flt


def setting(fieldname: str):
	value = frappe.get_cached_doc("CRM Settings").get(fieldname)
	if value in (None, ""):
		return _shipped(frappe.get_meta("CRM Settings").get_field(fieldname))
	return value


def _shipped(field):
	"""The JSON's default, which is text, in the field's type."""
	if field.fieldtype in ("Int", "Check"):
		return cint(field.default)
	return flt(field.default) if field.fieldtype in ("Currency", "Float", "Percent") else field.default
