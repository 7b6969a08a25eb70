"""Rows of a table change with their record only: Frappe lets one save a row alone, past all its rules."""

import frappe
from frappe import _


def refuse_alone(row, method: str | None = None) -> None:
	"""Hook for child DocTypes; saving the record runs none of these events on its rows."""
	frappe.throw(
		_("{0} cannot be changed alone. Change the record that it belongs to.").format(_(row.doctype)),
		frappe.PermissionError,
		title=_("Not Editable Now"),
	)
