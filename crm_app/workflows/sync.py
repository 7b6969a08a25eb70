"""Brings the shipped workflows onto a site and keeps what was changed there, see crm_app.shipped."""

import frappe

from crm_app.shipped import definitions, documents, memory
from crm_app.shipped.telling import say


def seed() -> None:
	say(sync_workflows())


def unseed() -> None:
	"""Uninstalling removes the DocTypes, so every workflow for one of them goes too, whoever made it."""
	ours = definitions.doctype_names()
	for name in frappe.get_all("Workflow", filters={"document_type": ["in", ours]}, pluck="name"):
		frappe.delete_doc("Workflow", name, ignore_permissions=True, force=True)
	memory.forget("Workflow")


def sync_workflows() -> dict[str, str]:
	"""{workflow name: inserted, updated, unchanged, kept or deleted}"""
	return documents.sync_all(shipped_definitions())


def shipped_definitions() -> list[dict]:
	return definitions.workflows()
