"""Shipped records that an administrator renamed: they stay the same records for an upgrade."""

import frappe
from frappe import _

from crm_app.roles import ROLES
from crm_app.shipped.memory import MEMORY
from crm_app.shipped.normal import TABLES


def called(doctype: str, name: str) -> str:
	"""The name that the shipped record bears on this site."""
	return frappe.db.get_value(MEMORY, {"ref_doctype": doctype, "ref_name": name}, "site_name") or name


def note(doc, method, old: str, new: str, merge: bool = False) -> None:
	"""doc_events: after_rename of every kind that is shipped. Merged into another, the old one is gone."""
	if merge:
		return
	for row in frappe.get_all(
		MEMORY, filters={"ref_doctype": doc.doctype}, fields=["name", "ref_name", "site_name"]
	):
		if (row.site_name or row.ref_name) == old:
			frappe.db.set_value(MEMORY, row.name, "site_name", "" if row.ref_name == new else new)


def refuse(doc, method, old: str, new: str, merge: bool = False) -> None:
	"""doc_events: Role.before_rename"""
	if old in ROLES:
		text = _("The app knows the role {0} by its name. Make one of your own, or translate the name.")
		frappe.throw(text.format(old), title=_("Not Possible"))


def followed(definition: dict) -> dict:
	"""The definition with the names that its links have on this site."""
	rows = frappe.get_all(
		MEMORY, filters={"site_name": ["is", "set"]}, fields=["ref_doctype", "ref_name", "site_name"]
	)
	names = {(row.ref_doctype, row.ref_name): row.site_name for row in rows}
	return _linked(definition["doctype"], definition, names) if names else definition


def _linked(doctype: str, values: dict, names: dict) -> dict:
	out = dict(values)
	for df in frappe.get_meta(doctype).fields:
		value = out.get(df.fieldname)
		if df.fieldtype in TABLES:
			out[df.fieldname] = [_linked(df.options, row, names) for row in value or []]
		elif df.fieldtype == "Link" and value:
			out[df.fieldname] = names.get((df.options, value), value)
	return {key: value for key, value in out.items() if key in values}
