"""Renaming a record and everything that points to it."""

import frappe
from frappe import _
from frappe.model.delete_doc import linking_fields
from frappe.model.naming import validate_name
from frappe.utils import cint


def rename_doc(
	doctype: str, old, new, force=False, merge=False, ignore_permissions=False, show_alert=True, **_kwargs
):
	"""Rename, or with `merge` fold into an existing record. Returns the new name."""
	doc = frappe.get_doc(doctype, old)
	new = validate_name(doctype, new)
	_check(doc, new, force, merge, ignore_permissions)
	doc.run_method("before_rename", old, new, merge)
	if merge:
		for field in doc.meta.get_table_fields():
			frappe.db.delete(field.options, {"parent": old, "parenttype": doctype})
		frappe.db.delete(doctype, {"name": old})
	else:
		frappe.db.sql(f"UPDATE `tab{doctype}` SET name = %s WHERE name = %s", [new, old])
		_rename_rows(doc.meta, doctype, old, new)
	_rename_links(doctype, old, new)
	frappe.clear_document_cache(doctype, old)
	frappe.get_doc(doctype, new).run_method("after_rename", old, new, merge)
	return new


def _check(doc, new, force, merge, ignore_permissions):
	exists = frappe.db.exists(doc.doctype, new)
	if exists == doc.name:
		exists = None
	if exists and not merge:
		frappe.throw(_("Another {0} with name {1} exists, select another name").format(_(doc.doctype), new))
	if merge and not exists:
		frappe.throw(_("{0} {1} does not exist, select a new target to merge").format(_(doc.doctype), new))
	if not (ignore_permissions or frappe.has_permission(doc.doctype, "write", doc)):
		frappe.throw(_("You need write permission to rename"), frappe.PermissionError)
	if not force and not cint(doc.meta.allow_rename):
		frappe.throw(_("{0} not allowed to be renamed").format(_(doc.doctype)))


def _rename_rows(meta, doctype, old, new):
	for field in meta.get_table_fields():
		frappe.db.sql(
			f"UPDATE `tab{field.options}` SET parent = %s WHERE parent = %s AND parenttype = %s",
			[new, old, doctype],
		)
	if (meta.autoname or "").startswith("field:"):
		frappe.db.set_value(doctype, new, meta.autoname[6:], new)


def _rename_links(doctype, old, new):
	for other, fieldname in linking_fields(doctype):
		frappe.db.sql(f"UPDATE `tab{other}` SET `{fieldname}` = %s WHERE `{fieldname}` = %s", [new, old])
	for other in frappe.db.sql("SELECT name FROM `tabDocType` WHERE issingle = 0", pluck=True):
		for field in frappe.get_meta(other).get_dynamic_link_fields():
			frappe.db.sql(
				f"UPDATE `tab{other}` SET `{field.fieldname}` = %s"
				f" WHERE `{field.fieldname}` = %s AND `{field.options}` = %s",
				[new, old, doctype],
			)
