"""Who else needs a role of the app."""

import frappe

from crm_app.shipped import definitions

NAMED_IN = {"Workflow Document State": "allow_edit", "Workflow Transition": "allowed"}
PEOPLE = ("User", "Role Profile")


def in_use(role: str) -> bool:
	"""Whether it decides anything that is not the app's; that somebody has it does not count."""
	return _in_workflows(role) or _in_rights(role) or _opens_pages(role)


def _in_workflows(role: str) -> bool:
	return any(frappe.db.exists(child, {fieldname: role}) for child, fieldname in NAMED_IN.items())


def _in_rights(role: str) -> bool:
	ours = definitions.doctype_names()
	tables = [table for table in ("Custom DocPerm", "DocPerm") if frappe.db.table_exists(table)]
	return any(frappe.db.exists(table, {"role": role, "parent": ["not in", ours]}) for table in tables)


def _opens_pages(role: str) -> bool:
	"""Reports, pages, charts, workspaces: without its roles such a record would be open to everybody."""
	modules = {definition["module"] for definition in definitions.doctypes()}
	mark = {"role": role, "parenttype": ["not in", PEOPLE]}
	rows = frappe.get_all("Has Role", filters=mark, fields=["parent", "parenttype"], distinct=True)
	return any(_module(row.parenttype, row.parent) not in modules for row in rows)


def _module(doctype: str, name: str) -> str | None:
	"""Of a Custom Role: the module of the report or page that it opens."""
	if not frappe.db.exists("DocType", doctype) or not frappe.db.exists(doctype, name):
		return None
	if doctype == "Custom Role":
		report, page = frappe.db.get_value(doctype, name, ["report", "page"])
		return _module("Report", report) if report else _module("Page", page)
	has_module = frappe.get_meta(doctype).get_field("module")
	return frappe.db.get_value(doctype, name, "module") if has_module else None
