"""Rows of a table change with their record only: Frappe lets one save a row alone, past all its rules."""

import frappe
from frappe import _


def append(doc, table: str, values: dict):
	"""A row that a rule adds during a save: Frappe filled in the defaults before, own fields lack theirs."""
	row = doc.append(table, values)
	own = [df.fieldname for df in row.meta.fields if df.get("is_custom_field") and df.default]
	if own:
		defaults = frappe.new_doc(row.doctype, parent_doc=doc, parentfield=table, as_dict=True)
		row.update_if_missing({name: defaults.get(name) for name in own})
	return row


def refuse_alone(row, method: str | None = None) -> None:
	"""Hook for child DocTypes; saving the record runs none of these events on its rows."""
	frappe.throw(
		_("{0} cannot be changed alone. Change the record that it belongs to.").format(_(row.doctype)),
		frappe.PermissionError,
		title=_("Not Editable Now"),
	)
