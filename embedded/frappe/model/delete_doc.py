"""Deleting a record, unless others point to it."""

import frappe
from frappe import _
from frappe.model.naming import revert_series_if_last
from frappe.utils import cstr

UNCHECKED = ("Comment", "Version", "File", "ToDo", "Notification Log", "User Permission", "Background Job")


def delete_doc(
	doctype=None,
	name=None,
	force=0,
	ignore_doctypes=None,
	for_reload=False,
	ignore_permissions=False,
	flags=None,
	ignore_on_trash=False,
	ignore_missing=True,
	delete_permanently=False,
):
	"""Delete records with their child rows. Returns False when there is none and that may be."""
	for one in name if isinstance(name, list) else [name]:
		if not frappe.db.exists(doctype, one):
			if not ignore_missing:
				raise frappe.DoesNotExistError(doctype, one)
			return False
		_delete(doctype, one, force, ignore_permissions, flags, ignore_on_trash)


def _delete(doctype, name, force, ignore_permissions, flags, ignore_on_trash):
	doc = frappe.get_doc(doctype, name)
	doc.flags.update(flags or {})
	if ignore_permissions:
		doc.flags.ignore_permissions = ignore_permissions
	doc.check_permission("delete")
	if doc.docstatus.is_submitted():
		frappe.throw(
			_("{0} {1}: Submitted Record cannot be deleted. You must {2} Cancel {3} it first.").format(
				_(doctype), name, "", ""
			)
		)
	if not ignore_on_trash:
		doc.run_method("on_trash")
	if not force:
		check_if_doc_is_linked(doc)
		check_if_doc_is_dynamically_linked(doc)
	for field in doc.meta.get_table_fields():
		frappe.db.delete(field.options, {"parent": doc.name, "parenttype": doctype})
	if doc.meta.issingle:
		frappe.db.sql("DELETE FROM `tabSingles` WHERE doctype = %s", [doctype])
	else:
		frappe.db.delete(doctype, {"name": doc.name})
	_delete_notes(doctype, name)
	if doc.get("naming_series") and not doc.meta.istable:
		revert_series_if_last(doc.naming_series, doc.name, doc)
	doc.flags.in_delete = True
	frappe.clear_document_cache(doctype, name)
	doc.run_method("after_delete")
	doc.run_method("on_change")


def _delete_notes(doctype: str, name):
	if doctype in UNCHECKED:
		return
	reference = {"reference_doctype": doctype, "reference_name": cstr(name)}
	frappe.db.delete("Comment", reference)
	frappe.db.delete("Version", {"ref_doctype": doctype, "docname": cstr(name)})
	for file in frappe.get_all(
		"File", {"attached_to_doctype": doctype, "attached_to_name": cstr(name)}, pluck="name"
	):
		frappe.delete_doc("File", file, ignore_permissions=True)


def linking_fields(doctype: str) -> list[tuple]:
	"""(parent doctype, table doctype, fieldname) of every Link to a DocType."""
	key = ("linking_fields", doctype)
	if key not in frappe.cache.metas:
		out = []
		for other in frappe.db.sql("SELECT name FROM `tabDocType` WHERE issingle = 0", pluck=True):
			meta = frappe.get_meta(other)
			out += [(other, field.fieldname) for field in meta.get_link_fields() if field.options == doctype]
		frappe.cache.metas[key] = out
	return frappe.cache.metas[key]


def check_if_doc_is_linked(doc, method: str = "Delete"):
	"""Raise LinkExistsError when another record points here (for Cancel: a submitted one)."""
	for other, fieldname in linking_fields(doc.doctype):
		if other in UNCHECKED or other in (doc.get("ignore_linked_doctypes") or ()):
			continue
		meta = frappe.get_meta(other)
		if method == "Cancel" and not (meta.is_submittable or meta.istable):
			continue
		fields = ["name", "docstatus", *(["parent", "parenttype"] if meta.istable else [])]
		for row in frappe.db.get_values(other, {fieldname: doc.name}, fields, as_dict=True, limit=20):
			linked = (row.parenttype, row.parent) if meta.istable else (other, row.name)
			if linked == (doc.doctype, doc.name) or (row.docstatus == 2 and method == "Cancel"):
				continue
			if method == "Delete" and row.docstatus == 2 and meta.is_submittable and doc.docstatus == 2:
				if fieldname == "amended_from":
					continue
			if method == "Cancel" and row.docstatus != 1:
				continue
			_raise_linked(doc, *linked, method)


def check_if_doc_is_dynamically_linked(doc, method: str = "Delete"):
	key = ("dynamic_links",)
	if key not in frappe.cache.metas:
		names = frappe.db.sql("SELECT name FROM `tabDocType` WHERE issingle = 0", pluck=True)
		frappe.cache.metas[key] = [
			(name, field) for name in names for field in frappe.get_meta(name).get_dynamic_link_fields()
		]
	for other, field in frappe.cache.metas[key]:
		if other in UNCHECKED or not frappe.db.table_exists(other):
			continue
		filters = {field.options: doc.doctype, field.fieldname: doc.name}
		meta = frappe.get_meta(other)
		fields = ["name", *(["parent", "parenttype"] if meta.istable else [])]
		if row := frappe.db.get_value(other, filters, fields, as_dict=True):
			linked = (row.parenttype, row.parent) if meta.istable else (other, row.name)
			if linked != (doc.doctype, doc.name):
				_raise_linked(doc, *linked, method)


def _raise_linked(doc, doctype: str, name: str, method: str):
	text = (
		_("Cannot delete because {0} {1} is linked with {2} {3}")
		if method == "Delete"
		else _("Cannot cancel because {0} {1} is linked with {2} {3}")
	)
	link = frappe.utils.get_link_to_form
	frappe.throw(
		text.format(_(doc.doctype), link(doc.doctype, doc.name), _(doctype), link(doctype, name)),
		frappe.LinkExistsError,
		title=_("Linked"),
	)
