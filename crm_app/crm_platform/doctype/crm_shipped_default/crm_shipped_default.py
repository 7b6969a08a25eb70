import json

import frappe
from frappe import _
from frappe.model.document import Document

from crm_app.workflows import sync


class CRMShippedDefault(Document):
	"""What the app installed under a name, so that an upgrade tells an edit from an old version."""

	@property
	def current_definition(self):
		return sync.dump(sync.current_definition(self.ref_name))


@frappe.whitelist()
def use_shipped(doc: str | dict) -> None:
	"""Replaces what is on the site by what this version of the app ships."""
	memory = _allowed(doc)
	for definition in sync.shipped_definitions():
		if definition["name"] == memory.ref_name:
			sync.install(definition)
			frappe.msgprint(_("{0} is now as shipped.").format(memory.ref_name))


@frappe.whitelist()
def keep_current(doc: str | dict) -> None:
	"""The administrator has seen the newer version and stays with the own one."""
	memory = _allowed(doc)
	memory.update_waiting = 0
	memory.save()


def _allowed(doc: str | dict):
	name = (json.loads(doc) if isinstance(doc, str) else doc)["name"]
	memory = frappe.get_doc("CRM Shipped Default", name)
	memory.check_permission("write")
	return memory
