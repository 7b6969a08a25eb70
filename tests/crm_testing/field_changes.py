"""Changing fields as an administrator does, for the tests of what is refused."""

import frappe
import pytest
from frappe.custom.doctype.property_setter.property_setter import make_property_setter

TOUCHED = ("Complaint", "CRM Customer", "CRM Campaign", "CRM Interaction", "CRM Budget Entry")


def forget_metas():
	for doctype in TOUCHED:
		frappe.clear_cache(doctype=doctype)


def set_property(doctype, fieldname, key, value, kind=None):
	"""As Customize Form, REST and other apps write it."""
	kind = kind or ("Check" if value in (0, 1) else "Text")
	make_property_setter(
		doctype,
		fieldname,
		key,
		str(value),
		kind,
		for_doctype=not fieldname,
		validate_fields_for_doctype=False,
	)
	frappe.clear_cache(doctype=doctype)
	frappe.local.new_doc_templates = {}  # kept for a request by Frappe


def refused(reason, doctype, fieldname, key, value):
	with pytest.raises(frappe.ValidationError, match=reason):
		set_property(doctype, fieldname, key, value)


def own_field(doctype="Complaint", **values):
	"""Saved past the database's columns: only the checks are of interest."""
	field = {"doctype": "Custom Field", "dt": doctype, "label": "Extra", "fieldtype": "Data", **values}
	return frappe.get_doc(field)


def checked(doc):
	from crm_app.customising.fields import check_custom_field

	check_custom_field(doc)


def insert_fields(names: list[str]):
	"""A function that inserts Custom Fields and notes their names."""

	def save(doctype, **values):
		field = own_field(doctype, **values).insert()
		names.append(field.name)
		frappe.clear_cache(doctype=doctype)
		return field

	return save


def drop_fields(names: list[str]):
	"""A column is DDL, so what is left of them goes in a transaction of its own."""
	frappe.db.rollback()
	for name in names:
		frappe.delete_doc("Custom Field", name, force=True)
	frappe.db.commit()
