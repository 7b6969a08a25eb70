"""A DocType's fields as they will be once a change is saved.

A form that writes many properties at once (Customize Form) is looked at whole: what one row asks for may
be made good by the next.
"""

import frappe
from frappe.utils import cint

CHECKS = ("reqd", "hidden", "read_only", "unique", "non_negative")
NUMBERS = (*CHECKS, "permlevel", "length")
KEYS = (
	*NUMBERS, "fieldname", "label", "fieldtype", "options", "default", "depends_on", "fetch_from",
)  # fmt: skip


def now(doctype: str) -> list[frappe._dict]:
	return [_plain(df) for df in frappe.get_meta(doctype).fields]


def after_property(setter) -> list[frappe._dict]:
	"""With the rest of the form that `setter` (Property Setter) comes from."""
	pending = _pending(setter.doc_type)
	fields = now(setter.doc_type)
	for df in fields:
		df.update(pending.get(df.fieldname, {}))
		if df.fieldname == setter.field_name and setter.property in KEYS:
			df[setter.property] = setter.value
		_count(df)
	return fields


def after_custom_field(doc) -> list[frappe._dict]:
	"""With `doc` (Custom Field), a new one behind the field that it names."""
	pending, fields = _pending(doc.dt), now(doc.dt)
	for df in fields:
		_count(df.update(pending.get(df.fieldname, {})))
	own = _count(_plain(doc))
	names = [df.fieldname for df in fields]
	if doc.fieldname in names:
		fields[names.index(doc.fieldname)] = own
	else:
		at = names.index(doc.insert_after) + 1 if doc.insert_after in names else len(fields)
		fields.insert(at, own)
	return fields


def _pending(doctype: str) -> dict[str, dict]:
	"""fieldname -> what the open Customize Form will write; the embedded host has it in a flag."""
	form = frappe.flags.customize_form
	if not form and frappe.form_dict.get("method") == "save_customization":
		form = frappe.parse_json(frappe.form_dict.get("docs") or "{}")
	if not form or form.get("doc_type") != doctype:
		return {}
	rows = [row if isinstance(row, dict) else row.as_dict() for row in form.get("fields") or []]
	return {
		row["fieldname"]: {key: row[key] for key in KEYS if key in row}
		for row in rows
		if row.get("fieldname")
	}


def _plain(df) -> frappe._dict:
	return frappe._dict({key: df.get(key) for key in KEYS})


def _count(df) -> frappe._dict:
	df.update({key: cint(df.get(key)) for key in NUMBERS})
	return df
