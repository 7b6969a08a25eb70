"""Cards, charts and workspaces."""

import frappe

from crm_app.shipped import definitions, documents, memory
from crm_app.shipped.telling import say


def seed() -> None:
	say(documents.sync_all(definitions.desk_records()))


def unseed() -> None:
	"""Takes away what the app wrote, edited or not; a record of the same name that was there before stays."""
	for definition in reversed(definitions.desk_records()):
		known = memory.recall(definition["doctype"], definition["name"])
		if known and known.shipped_hash:
			frappe.delete_doc(definition["doctype"], definition["name"], ignore_missing=True, force=True)
		memory.forget(definition["doctype"], definition["name"])
