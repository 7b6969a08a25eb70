"""Settings with the shipped value where an administrator left the field empty."""

import frappe


def setting(fieldname: str):
	value = frappe.get_cached_doc("CRM Settings").get(fieldname)
	if value in (None, ""):
		return frappe.get_meta("CRM Settings").get_field(fieldname).default
	return value
