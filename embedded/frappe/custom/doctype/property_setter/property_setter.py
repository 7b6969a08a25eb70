"""Changed properties of DocTypes and fields by code."""

import frappe


def make_property_setter(
	doctype,
	fieldname,
	property,
	value,
	property_type,
	for_doctype=False,
	validate_fields_for_doctype=True,
	**_kwargs,
):
	"""Set one property of a field, or of the DocType with `for_doctype`."""
	filters = {"doc_type": doctype, "property": property, "field_name": fieldname or ""}
	frappe.db.delete("Property Setter", filters)
	return frappe.get_doc(
		doctype="Property Setter",
		doctype_or_field="DocType" if for_doctype else "DocField",
		doc_type=doctype,
		field_name=fieldname or "",
		property=property,
		value=value,
		property_type=property_type,
	).insert(ignore_permissions=True)
