"""What install, upgrade and uninstall do; the data they share lives beside the modules."""

import frappe

from crm_app.roles import ROLES, WIDE_ROLES, WITHOUT_DESK
from crm_app.shipped import definitions, made, pointers, roles

# Rows that mean nothing without the DocType they name. Versions and comments stay, as Frappe keeps them.
TRACES = {
	"Custom Field": "dt",
	"Property Setter": "doc_type",
	"Custom DocPerm": "parent",
	"Workflow Action": "reference_doctype",
	"Notification": "document_type",
	"List Filter": "reference_doctype",
	"Auto Repeat": "reference_doctype",
}


def after_sync() -> None:
	"""DocTypes exist now: seed what an administrator may edit afterwards."""
	seed_defaults()


def after_migrate() -> None:
	seed_defaults()


def seed_defaults() -> None:
	for path in frappe.get_hooks("crm_seed"):
		frappe.get_attr(path)()


def before_uninstall() -> None:
	for path in frappe.get_hooks("crm_unseed"):
		frappe.get_attr(path)()
	made.unseed()
	remove_traces()
	pointers.remove()
	roles.unseed()


def remove_traces() -> None:
	"""What Frappe leaves of an app: own fields and rights of its DocTypes, approvals, settings, jobs."""
	ours = definitions.doctype_names()
	for doctype, fieldname in TRACES.items():
		if frappe.db.table_exists(doctype):
			frappe.db.delete(doctype, {fieldname: ["in", ours]})
	singles = frappe.qb.DocType("Singles")  # a table without a DocType
	frappe.qb.from_(singles).where(singles.doctype.isin(ours)).delete().run()
	if frappe.db.table_exists("Scheduled Job Type"):
		frappe.db.delete("Scheduled Job Type", {"method": ["like", "crm_app.%"]})
	frappe.db.set_default("crm_demo_data", None)  # crm_app.demo.DONE, without importing the demo


def may_open_app() -> bool:
	return bool(({*WIDE_ROLES, *ROLES} - {*WITHOUT_DESK}) & set(frappe.get_roles()))
