"""Fields that an administrator made mandatory: asked of people, not of rules and jobs.

A record may be older than the field, and whoever has to move it on may not be allowed to fill it in.
"""

from frappe import _
from frappe.utils import cint, cstr

from crm_app.shipped import definitions
from crm_app.shipped.definitions import is_ours


def forgive_custom(doc) -> None:
	"""Lets `doc` be saved although such fields are empty, unless one that the app needs is empty too."""
	empty = [(row, df) for row in (doc, *doc.get_all_children()) for df in _empty_mandatory(row)]
	if empty and all(_is_asked_by_the_administrator(row.doctype, df) for row, df in empty):
		doc.flags.ignore_mandatory = True


def forgiven_labels(doc) -> list[str]:
	"""What still has to be asked for, as the form calls it."""
	return [
		_(df.label or df.fieldname)
		for df in _empty_mandatory(doc)
		if _is_asked_by_the_administrator(doc.doctype, df)
	]


def _is_asked_by_the_administrator(doctype: str, df) -> bool:
	"""A field of their own, or a shipped one that ships optional."""
	if df.get("is_custom_field"):
		return True
	fields = definitions.doctype(doctype)["fields"] if is_ours(doctype) else ()
	return any(one["fieldname"] == df.fieldname and not cint(one.get("reqd")) for one in fields)


def _empty_mandatory(row) -> list:
	"""What is read-only is filled in by the rules that follow."""
	asked = [df for df in row.meta.fields if df.reqd and not df.read_only]
	return [df for df in asked if _is_empty(row.get(df.fieldname))]


def _is_empty(value) -> bool:
	return not value if isinstance(value, list) else not cstr(value).strip()
