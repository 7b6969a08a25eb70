"""Records that a new site starts with, written once: what an administrator edits or deletes stays so."""

from collections.abc import Iterable

import frappe


def seed_once(documents: Iterable[dict], title: str) -> None:
	"""Inserts the documents that were never shipped to this site; `title` is the field that names them."""
	for values in documents:
		doctype, name = values["doctype"], values[title]
		shipped = _shipped(doctype)
		if name in shipped:
			continue
		if not frappe.db.exists(doctype, name):
			frappe.get_doc(values).insert(ignore_permissions=True)  # set-up, before any user is at work
		frappe.db.set_default(_key(doctype), "\n".join([*shipped, name]))


def is_shipped(doctype: str, name: str) -> bool:
	return name in _shipped(doctype)


def forget_seeded(*doctypes: str) -> None:
	for doctype in doctypes:
		frappe.db.set_default(_key(doctype), "")


def _shipped(doctype: str) -> list[str]:
	"""Read past the cache of defaults, which stands still while Frappe installs an app."""
	stored = frappe.db.get_value("DefaultValue", {"parent": "__default", "defkey": _key(doctype)}, "defvalue")
	return [name for name in (stored or "").split("\n") if name]


def _key(doctype: str) -> str:
	return f"crm_app_seeded_{frappe.scrub(doctype)}"
