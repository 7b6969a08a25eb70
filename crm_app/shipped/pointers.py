"""What other records of the site say about DocTypes, cards and charts that go: it would break their pages."""

import frappe

from crm_app.shipped import definitions

LINKS = ("Link", "Table", "Table MultiSelect")
# Rows of the site's own workspaces and dashboards: {row DocType: (field, DocType that it names)}
SHOWN = {
	"Workspace Chart": ("chart_name", "Dashboard Chart"),
	"Workspace Number Card": ("number_card_name", "Number Card"),
	"Dashboard Chart Link": ("chart", "Dashboard Chart"),
	"Number Card Link": ("card", "Number Card"),
}


def remove() -> None:
	ours = definitions.doctype_names()
	_own_fields(ours)
	_properties(ours)
	_fields_of_own_doctypes(ours)
	_limits_of_users(ours)
	_cards_and_charts(ours)
	_rows_of_workspaces(ours)


def _own_fields(ours: list[str]) -> None:
	"""Frappe keeps the column of a field that is deleted, so what was entered stays in the database."""
	pointing = {"fieldtype": ["in", LINKS], "options": ["in", ours]}
	for name in frappe.get_all("Custom Field", filters=pointing, pluck="name"):
		frappe.delete_doc("Custom Field", name, ignore_permissions=True, force=True)


def _properties(ours: list[str]) -> None:
	"""A field of theirs that was turned towards one of our DocTypes turns back."""
	pointing = {"property": "options", "value": ["in", ours]}
	for setter in frappe.get_all("Property Setter", filters=pointing, fields=["name", "doc_type"]):
		frappe.delete_doc("Property Setter", setter.name, ignore_permissions=True, force=True)
		frappe.clear_cache(doctype=setter.doc_type)


def _fields_of_own_doctypes(ours: list[str]) -> None:
	"""A link in a DocType that the site made itself becomes plain text and goes on showing what it holds."""
	if not frappe.db.table_exists("DocField"):
		return
	pointing = {"fieldtype": "Link", "options": ["in", ours], "parent": ["not in", ours]}
	for field in frappe.get_all("DocField", filters=pointing, fields=["name", "parent"]):
		frappe.db.set_value("DocField", field.name, {"fieldtype": "Data", "options": None})
		frappe.clear_cache(doctype=field.parent)


def _limits_of_users(ours: list[str]) -> None:
	for fieldname in ("allow", "applicable_for"):
		frappe.db.delete("User Permission", {fieldname: ["in", ours]})


def _cards_and_charts(ours: list[str]) -> None:
	"""They count records that no longer exist."""
	for doctype in ("Number Card", "Dashboard Chart"):
		for fieldname in ("document_type", "parent_document_type"):
			about = {fieldname: ["in", ours]}
			for name in frappe.get_all(doctype, filters=about, pluck="name"):
				frappe.delete_doc(doctype, name, ignore_permissions=True, force=True)


def _rows_of_workspaces(ours: list[str]) -> None:
	"""One row that names nothing hides all charts of a page, or forbids saving it."""
	for row, (fieldname, doctype) in SHOWN.items():
		if frappe.db.exists("DocType", row):
			for name in set(frappe.get_all(row, pluck=fieldname, limit_page_length=0)):
				if name and not frappe.db.exists(doctype, name):
					frappe.db.delete(row, {fieldname: name})
	reports = frappe.get_all("Report", {"ref_doctype": ["in", ours]}, pluck="name", limit_page_length=0)
	for row, kind in (("Workspace Link", "link_type"), ("Workspace Shortcut", "type")):
		frappe.db.delete(row, {kind: "DocType", "link_to": ["in", ours]})
		frappe.db.delete(row, {kind: "Report", "link_to": ["in", reports]})
	frappe.db.delete("Workspace Quick List", {"document_type": ["in", ours]})
