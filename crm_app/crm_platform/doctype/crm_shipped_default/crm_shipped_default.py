import json

import frappe
from frappe import _
from frappe.model.document import Document

from crm_app.shipped import choosing
from crm_app.shipped.domain.three_way import dump


class CRMShippedDefault(Document):
	"""What the app installed under a name, so that an upgrade tells an edit from an old version."""

	@property
	def current_definition(self):
		return dump(choosing.current(self))


@frappe.whitelist()
def take_shipped(doc: str | dict) -> None:
	"""Replaces what is on the site by what this version of the app ships."""
	memory, _posted = _allowed(doc)
	choosing.take_all(memory)
	frappe.msgprint(_("{0} is now as shipped.").format(memory.ref_name))


@frappe.whitelist()
def take_ticked(doc: str | dict) -> None:
	"""The same for the ticked properties alone."""
	memory, posted = _allowed(doc)
	ticked = [row["property"] for row in posted.get("differences") or [] if row.get("take")]
	if not ticked:
		frappe.throw(_("Tick the properties that you want as shipped."))
	choosing.take_some(memory, ticked)
	frappe.msgprint(_("Taken as shipped: {0}.").format(", ".join(ticked)))


@frappe.whitelist()
def keep_mine(doc: str | dict) -> None:
	"""The administrator has seen the newer version and stays with the own one."""
	memory, _posted = _allowed(doc)
	choosing.keep(memory)


@frappe.whitelist()
def compare_again(doc: str | dict) -> None:
	"""Reads once more what is on the site now."""
	memory, _posted = _allowed(doc)
	choosing.compare(memory)


def _allowed(doc: str | dict) -> tuple:
	posted = json.loads(doc) if isinstance(doc, str) else doc
	memory = frappe.get_doc("CRM Shipped Default", posted["name"])
	memory.check_permission("write")
	return memory, posted
