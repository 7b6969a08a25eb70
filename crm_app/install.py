"""What install, upgrade and uninstall do; the data they share lives beside the modules."""

import frappe

from crm_app.roles import ROLES, WIDE_ROLES, WITHOUT_DESK


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
		if not frappe.db.exists("Role", role):
			desk_access = int(role not in WITHOUT_DESK)
			frappe.get_doc({"doctype": "Role", "role_name": role, "desk_access": desk_access}).insert(
				ignore_permissions=True  # set-up, before any user is at work
			)


def seed_defaults() -> None:
	for path in frappe.get_hooks("crm_seed"):
		frappe.get_attr(path)()


def before_uninstall() -> None:
	for path in frappe.get_hooks("crm_unseed"):
		frappe.get_attr(path)()


def may_open_app() -> bool:
	return bool(({*WIDE_ROLES, *ROLES} - {*WITHOUT_DESK}) & set(frappe.get_roles()))
