"""What changed between two states of a record, kept when its DocType tracks changes."""

import json

import frappe
from frappe.model import table_fields
from frappe.utils import cstr

SKIPPED = ("Section Break", "Column Break", "Tab Break", "HTML", "Button", "Password")


def track(doc):
	before = doc.get_doc_before_save()
	if not before:
		return
	if diff := get_diff(before, doc):
		frappe.get_doc(
			doctype="Version",
			ref_doctype=doc.doctype,
			docname=cstr(doc.name),
			data=json.dumps(diff, default=str, ensure_ascii=False),
		).insert(ignore_permissions=True)


def get_diff(old, new, for_child: bool = False, **_kwargs) -> dict | None:
	"""{changed, added, removed, row_changed}, None when nothing changed."""
	out = frappe._dict(changed=[], added=[], removed=[], row_changed=[])
	for field in new.meta.fields:
		if field.fieldtype in SKIPPED or field.is_virtual:
			continue
		a, b = old.get(field.fieldname), new.get(field.fieldname)
		if field.fieldtype in table_fields:
			if not for_child:
				_diff_rows(field.fieldname, a, b, out)
		elif (x := new._stored(field.fieldname, a)) != (y := new._stored(field.fieldname, b)) and (x or y):
			out.changed.append((field.fieldname, a, b))
	if not for_child and old.docstatus != new.docstatus:
		out.changed.append(("docstatus", int(old.docstatus), int(new.docstatus)))
	return out if any(out.values()) else None


def _diff_rows(fieldname: str, old_rows, new_rows, out):
	old = {row.name: row for row in old_rows}
	new = {row.name: row for row in new_rows}
	for index, row in enumerate(new_rows):
		if row.name not in old:
			out.added.append([fieldname, row.as_dict()])
		elif diff := get_diff(old[row.name], row, for_child=True):
			out.row_changed.append((fieldname, index, row.name, diff.changed))
	out.removed += [[fieldname, row.as_dict()] for name, row in old.items() if name not in new]
