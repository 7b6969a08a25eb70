"""Mandatory fields that an administrator added: asked of people at the form, not of rules and jobs.

A record may be older than the field, and whoever has to move it on may not be allowed to fill it in.
"""

from frappe.utils import cstr


def forgive_custom(doc) -> None:
	"""Lets `doc` be saved although custom mandatory fields are empty, unless one of ours is empty as well."""
	empty = [df for row in (doc, *doc.get_all_children()) for df in _empty_mandatory(row)]
	if empty and all(df.get("is_custom_field") for df in empty):
		doc.flags.ignore_mandatory = True


def _empty_mandatory(row) -> list:
	"""What is read-only is filled in by the rules that follow."""
	asked = [df for df in row.meta.fields if df.reqd and not df.read_only]
	return [df for df in asked if not cstr(row.get(df.fieldname)).strip()]
