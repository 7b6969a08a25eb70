"""Deleting what an import inserted, by the thousand.

Frappe's own deletion asks every field of the site that could point at a record, and queues a job for the
notes about it: a hundred queries and a job for each of 50,000 members. An undo does both for a batch at once.
"""

import frappe

from crm_app.crm_platform.importer import derived

# DocType → the fields that name a record; these go with it, as Frappe's job does it
NOTES = {
	"ToDo": ("reference_type", "reference_name"),
	"Email Unsubscribe": ("reference_doctype", "reference_name"),
	"DocShare": ("share_doctype", "share_name"),
	"Version": ("ref_doctype", "docname"),
	"Comment": ("reference_doctype", "reference_name"),
	"View Log": ("reference_doctype", "reference_name"),
	"Document Follow": ("ref_doctype", "ref_docname"),
	"Notification Log": ("document_type", "document_name"),
	"Communication Link": ("link_doctype", "link_name"),
}
# These stay, and name nothing any more
HISTORY = (
	("Communication", "reference_doctype", "reference_name"),
	("Activity Log", "reference_doctype", "reference_name"),
	("Activity Log", "timeline_doctype", "timeline_name"),
)


def remove(doctype: str, name: str) -> None:
	"""The record, cancelled before if need be. The caller has seen that nothing points at it."""
	if not frappe.db.exists(doctype, name):
		return
	doc = frappe.get_doc(doctype, name)
	doc.flags.ignore_permissions = True  # who may import may take the import back
	if doc.docstatus == 1:
		doc.cancel()
	derived.forget(doctype, name)
	doc.run_method("on_trash")
	# for_reload: nothing queued, no copy among the deleted documents; the file still has the row
	frappe.delete_doc(
		doctype, name, force=True, for_reload=True, ignore_on_trash=True, ignore_permissions=True
	)


def forget_traces(doctype: str, names: list[str]) -> None:
	"""What was written about records that are gone."""
	for other, (kind, at) in NOTES.items():
		if frappe.db.table_exists(other):
			frappe.db.delete(other, {kind: doctype, at: ["in", names]})
	for other, kind, at in HISTORY:
		if frappe.db.table_exists(other):
			frappe.db.set_value(
				other, {kind: doctype, at: ["in", names]}, {kind: None, at: None}, update_modified=False
			)
