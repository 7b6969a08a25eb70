import json

import frappe
from frappe import _
from frappe.model.document import Document

from crm_app.shipped import choosing, memory
from crm_app.shipped.domain.three_way import dump
from crm_app.utils.actions import shown


class CRMShippedDefault(Document):
	"""What the app installed under a name, so that an upgrade tells an edit from an old version."""

	@property
	def current_definition(self):
		return dump(choosing.current(self))

	def onload(self):
		"""The names of properties in the reader's language: `migrate` wrote them in the site's."""
		for row in self.differences:
			row.label = memory.label(self, row.property)


@frappe.whitelist()
def take_shipped(doc: str | dict) -> dict:
	"""Replaces what is on the site by what this version of the app ships."""
	row, _posted = _allowed(doc)
	choosing.take_all(row)
	if row.reload().state == memory.AS_SHIPPED:
		frappe.msgprint(_("{0} is now as shipped.").format(row.ref_name))
	return _answer(row)


@frappe.whitelist()
def take_ticked(doc: str | dict) -> dict:
	"""The same for the ticked properties alone."""
	row, posted = _allowed(doc)
	ticked = [line["property"] for line in posted.get("differences") or [] if line.get("take")]
	if not ticked:
		frappe.throw(_("Tick the properties that you want as shipped."))
	choosing.take_some(row, ticked)
	frappe.msgprint(_("Taken as shipped: {0}.").format(memory.labels(row, ticked)))
	return _answer(row)


@frappe.whitelist()
def keep_mine(doc: str | dict) -> dict:
	"""The administrator has seen the newer version and stays with the own one."""
	row, _posted = _allowed(doc)
	choosing.keep(row)
	return _answer(row)


@frappe.whitelist()
def compare_again(doc: str | dict) -> dict:
	"""Reads once more what is on the site now."""
	row, _posted = _allowed(doc)
	choosing.compare(row)
	return _answer(row)


def _allowed(doc: str | dict) -> tuple:
	posted = json.loads(doc) if isinstance(doc, str) else doc
	row = frappe.get_doc("CRM Shipped Default", posted["name"])
	row.check_permission("write")
	return row, posted


def _answer(row) -> dict:
	"""The form shows what an action returns."""
	row.reload().onload()
	return shown(row)
