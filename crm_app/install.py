"""What install, upgrade and uninstall do; the data they share lives beside the modules."""

import frappe

from crm_app.roles import ROLES, WIDE_ROLES, WITHOUT_DESK
from crm_app.shipped import definitions, made

# Rows that mean nothing without the DocType they name. Versions and comments stay, as Frappe keeps them.
TRACES = {
	"Custom Field": "dt",
	"Property Setter": "doc_type",
	"Custom DocPerm": "parent",
	"Workflow Action": "reference_doctype",
	"Notification": "document_type",
}


def after_install() -> None:
	ensure_roles()


def after_sync() -> None:
	"""DocTypes exist now: seed what an administrator may edit afterwards."""
	seed_defaults()


def after_migrate() -> None:
	ensure_roles()
	seed_defaults()


def ensure_roles() -> None:
	for role in ROLES:
		made.ensure("Role", role, desk_access=int(role not in WITHOUT_DESK))


def seed_defaults() -> None:
	for path in frappe.get_hooks("crm_seed"):
		frappe.get_attr(path)()


def before_uninstall() -> None:
	for path in frappe.get_hooks("crm_unseed"):
		frappe.get_attr(path)()
	made.unseed()
	remove_traces()
	remove_roles()


def remove_traces() -> None:
	"""What Frappe leaves of an app: own fields and rights of its DocTypes, open approvals, settings, jobs."""
	ours = [definition["name"] for definition in definitions.doctypes()]
	for doctype, fieldname in TRACES.items():
		if frappe.db.table_exists(doctype):
			frappe.db.delete(doctype, {fieldname: ["in", ours]})
	singles = frappe.qb.DocType("Singles")  # a table without a DocType
	frappe.qb.from_(singles).where(singles.doctype.isin(ours)).delete().run()
	if frappe.db.table_exists("Scheduled Job Type"):
		frappe.db.delete("Scheduled Job Type", {"method": ["like", "crm_app.%"]})
	frappe.db.set_default("crm_demo_data", None)  # crm_app.demo.DONE, without importing the demo


def remove_roles() -> None:
	"""The roles, who has them and what they may; rights of other roles and users stay as they are."""
	ours = sorted({*ROLES, *_named_in_rights()})
	for doctype in ("Has Role", "Custom DocPerm", "DocPerm"):
		if frappe.db.table_exists(doctype):
			frappe.db.delete(doctype, {"role": ["in", ours]})
	for role in ours:
		frappe.delete_doc("Role", role, ignore_permissions=True, ignore_missing=True, force=True)
	frappe.clear_cache()


def _named_in_rights() -> set[str]:
	"""Frappe makes a role for each that the rights of a DocType name."""
	rules = [rule for doctype in definitions.doctypes() for rule in doctype["permissions"]]
	return {rule["role"] for rule in rules if rule["role"].startswith("CRM ")}


def may_open_app() -> bool:
	return bool(({*WIDE_ROLES, *ROLES} - {*WITHOUT_DESK}) & set(frappe.get_roles()))
