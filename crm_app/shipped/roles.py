"""The shipped roles: remembered like other records, and taken back only where nobody else needs them.

Frappe makes every role that the rights of a DocType name, before any hook could. So what a site had is noted
before installation and migration, and what an administrator deleted is taken away again afterwards.
"""

import json

import frappe

from crm_app.roles import ROLES, WITHOUT_DESK
from crm_app.shipped import definitions, documents, made, memory
from crm_app.shipped.telling import say
from crm_app.shipped.usage import in_use

KIND = "Role"
KEY = "crm_app_own_roles"


def note_own() -> None:
	"""before_install, before_migrate: roles of the site's own that are called like one that is to come."""
	known = _remembered()
	if known is None or known:  # a version that remembered no roles: see crm_app.patches.remember_roles
		own = [role for role in ROLES if role not in (known or ()) and frappe.db.exists(KIND, role)]
		frappe.db.set_default(KEY, json.dumps(own))


def _remembered() -> set[str] | None:
	"""None: the app is not installed yet."""
	if not frappe.db.exists("DocType", memory.MEMORY):
		return None
	return set(frappe.get_all(memory.MEMORY, filters={"ref_doctype": KIND}, pluck="ref_name"))


def seed() -> None:
	known, own = _remembered(), made.noted_under(KEY)
	say({role: _sync(definition(role), role in known, role in own) for role in ROLES})


def _sync(wanted: dict, is_known: bool, is_own: bool) -> str:
	name = wanted["name"]
	if not is_known and not is_own:
		documents.install(wanted)
		return "inserted"
	if is_known and memory.recall(KIND, name).state == memory.DELETED:
		frappe.delete_doc(KIND, name, ignore_permissions=True, ignore_missing=True, force=True)
	return documents.sync(wanted)


def definition(role: str) -> dict:
	return {"doctype": KIND, "name": role, "role_name": role, "desk_access": int(role not in WITHOUT_DESK)}


def deleted(doc, method=None) -> None:
	"""doc_events: Role.after_delete. Noted at once: the next migration may make the role before it looks."""
	_note(doc.name, memory.DELETED)


def made_again(doc, method=None) -> None:
	"""doc_events: Role.after_insert, by whoever is not an installation or a migration."""
	if not (frappe.flags.in_install or frappe.flags.in_migrate):
		_note(doc.name, memory.EDITED)


def _note(role: str, state: str) -> None:
	if role in ROLES and role in (_remembered() or ()):
		frappe.db.set_value(memory.MEMORY, {"ref_doctype": KIND, "ref_name": role}, "state", state)


def unseed() -> None:
	"""Takes away the app's roles, who has them and what they may; runs after the app's workflows are gone."""
	gone = [role for role in _to_go() if not in_use(role)]
	memory.forget(KIND)
	for doctype in ("Has Role", "Custom DocPerm", "DocPerm"):
		if gone and frappe.db.table_exists(doctype):
			frappe.db.delete(doctype, {"role": ["in", gone]})
	for role in gone:
		frappe.delete_doc(KIND, role, ignore_permissions=True, ignore_missing=True, force=True)
	frappe.db.set_default(KEY, None)
	frappe.clear_cache()


def _to_go() -> list[str]:
	"""Frappe makes a role for each that the rights of a DocType name."""
	rules = [rule["role"] for doctype in definitions.doctypes() for rule in doctype["permissions"]]
	named = {role for role in rules if role.startswith("CRM ")}
	theirs = frappe.get_all(memory.MEMORY, filters={"ref_doctype": KIND, "was_there": 1}, pluck="ref_name")
	return sorted({*ROLES, *named} - {*theirs})
