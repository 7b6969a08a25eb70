"""Cards, charts and workspaces."""

import frappe

from crm_app.shipped import definitions, documents, memory
from crm_app.shipped.telling import say


def seed() -> None:
	say(documents.sync_all(definitions.desk_records()))


def unseed() -> None:
	"""Takes away what the app wrote, edited or not; a record of the same name that was there before stays."""
	for definition in reversed(definitions.desk_records()):
		doctype, known = definition["doctype"], memory.recall(definition["doctype"], definition["name"])
		if known:
			name = known.site_name or definition["name"]
			if known.shipped_hash and not known.was_there:
				frappe.delete_doc(doctype, name, ignore_missing=True, force=True)
			else:
				_keep(doctype, name)
		memory.forget(doctype, definition["name"])


def _keep(doctype: str, name: str) -> None:
	"""Frappe deletes what belongs to a module of an app that goes."""
	modules = {one["module"] for one in definitions.doctypes()}
	if frappe.db.get_value(doctype, name, "module") in modules:
		frappe.db.set_value(doctype, name, "module", None)
