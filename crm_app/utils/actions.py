"""DocType `actions`: the desk sends the form's document as JSON; the stored one is what counts."""

import frappe
from frappe import _


def shown(doc) -> dict:
	"""The document as an answer to whoever asked: without the fields above their level."""
	doc.apply_fieldlevel_read_permissions()
	return doc.as_dict()


def stored(doc: str | dict, doctype: str, ptype: str = "write"):
	"""The stored document behind the form's `doc`, with the reader's right to `ptype` checked."""
	given = frappe.parse_json(doc) or {}
	if not isinstance(given, dict):
		frappe.throw(_("{0} has the wrong form").format("doc"))
	found = frappe.get_doc(doctype, given.get("name"))
	found.check_permission(ptype)
	return found
