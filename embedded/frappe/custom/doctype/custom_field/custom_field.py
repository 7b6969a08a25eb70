"""Custom fields by code."""

import frappe


def create_custom_field(
	doctype: str, df: dict, ignore_validate: bool = False, is_system_generated: bool = True
):
	"""Add or change one custom field of a DocType."""
	df = dict(df)
	df["fieldname"] = df.get("fieldname") or frappe.scrub(df.get("label", ""))
	name = frappe.db.exists("Custom Field", {"dt": doctype, "fieldname": df["fieldname"]})
	if name:
		doc = frappe.get_doc("Custom Field", name)
		doc.update(df)
		return doc.save(ignore_permissions=True)
	return frappe.get_doc({"doctype": "Custom Field", "dt": doctype, **df}).insert(ignore_permissions=True)


def create_custom_fields(custom_fields: dict, ignore_validate: bool = False, update: bool = True):
	"""{doctype or tuple of doctypes: field or list of fields}"""
	for doctypes, fields in custom_fields.items():
		for doctype in [doctypes] if isinstance(doctypes, str) else doctypes:
			for field in [fields] if isinstance(fields, dict) else fields:
				create_custom_field(doctype, field)
