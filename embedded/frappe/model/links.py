"""Link fields: what they point to exists, is not cancelled, and fills the fields fetched from it."""

import frappe
from frappe import _


def validate_links(doc):
	"""Raise LinkValidationError or CancelledLinkError naming the field; fill fetch_from fields."""
	if doc.flags.ignore_links or doc._action == "cancel":
		return
	invalid, cancelled = [], []
	for row in [doc, *doc.get_all_children()]:
		_check_row(row, doc, invalid, cancelled)
	if invalid:
		frappe.throw(_("Could not find {0}").format(", ".join(invalid)), frappe.LinkValidationError)
	if cancelled:
		frappe.throw(
			_("Cannot link cancelled document: {0}").format(", ".join(cancelled)), frappe.CancelledLinkError
		)


def _check_row(row, doc, invalid: list, cancelled: list):
	fetches = _fetches(row.meta)
	for field in row.meta.get_link_fields() + row.meta.get_dynamic_link_fields():
		value = row.get(field.fieldname)
		if not value:
			_clear_fetched(row, fetches.get(field.fieldname, ()))
			continue
		target = _target(row, field)
		if not target:
			continue
		found = _fetch(target, value, fetches.get(field.fieldname, ()))
		label = f"{row._row_prefix()}{row._field_label(field)}: {value}"
		if not found:
			invalid.append(label)
			continue
		row.set(field.fieldname, found.name)
		linking = doc.meta.is_submittable and field.fieldname != "amended_from"
		if found.docstatus == 2 and linking and _submittable(target):
			cancelled.append(label)
		_fill(row, fetches.get(field.fieldname, ()), found)


def _target(row, field) -> str | None:
	if field.fieldtype == "Link":
		return field.options
	target = row.get(field.options)
	if not target:
		frappe.throw(_("{0} must be set first").format(_(row.meta.get_label(field.options))))
	return target


def _submittable(doctype: str) -> bool:
	return bool(frappe.get_meta(doctype).is_submittable)


def _fetches(meta) -> dict[str, list]:
	"""link field -> [(field, source column)]"""
	kept = meta.__dict__.get("_fetches")
	if kept is None:
		kept = {}
		for field in meta.fields:
			if field.fetch_from and "." in field.fetch_from:
				link, _dot, column = field.fetch_from.partition(".")
				kept.setdefault(link.strip(), []).append((field, column.strip()))
		meta._fetches = kept
	return kept


def _fetch(doctype: str, name, fetches):
	meta = frappe.get_meta(doctype)
	if meta.issingle:
		return frappe._dict(name=doctype, docstatus=0)
	columns = [column for _field, column in fetches if meta.has_column(column)]
	fields = list(dict.fromkeys(["name", "docstatus", *columns]))
	if doctype == "DocType":
		return frappe._dict(name=name, docstatus=0) if frappe.db.exists("DocType", name) else None
	return frappe.db.get_value(doctype, name, fields, as_dict=True, order_by=None)


def _fill(row, fetches, source):
	for field, column in fetches:
		if field.fetch_if_empty and row.get(field.fieldname) not in (None, "", 0):
			continue
		if row.docstatus == 1 and not field.allow_on_submit and not row.is_new():
			continue
		if column in source:
			row.set(field.fieldname, source[column])


def _clear_fetched(row, fetches):
	for field, _column in fetches:
		if not field.fetch_if_empty and row.get(field.fieldname) is not None and row.docstatus == 0:
			row.set(field.fieldname, None)
