"""Unique: only where it can hold, with the values that are there and for the records that the app writes."""

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import cint

from crm_app.customising import saying
from crm_app.customising.saying import field_label

KINDS = ("Data", "Link", "Int", "Read Only")


def check(doctype: str, df, written_by_the_app: bool) -> None:
	"""`df`: the field as it will be."""
	if not cint(df.unique):
		return
	label = field_label(df)
	if written_by_the_app:
		saying.refuse(
			_("Records of {0} are written by the app: {1} cannot be unique there.").format(_(doctype), label)
		)
	if df.fieldtype not in KINDS or frappe.get_meta(doctype).issingle:
		saying.refuse(_("{0} cannot be unique: it is a field of type {1}.").format(label, _(df.fieldtype)))
	check_default(df)
	_check_values(doctype, df, label)


def check_default(df) -> None:
	if cint(df.unique) and df.default:
		text = _("{0} cannot be unique: the second record with its default value would be refused.")
		saying.refuse(text.format(field_label(df)))


def _check_values(doctype: str, df, label: str) -> None:
	if not frappe.db.has_column(doctype, df.fieldname):
		return
	table = frappe.qb.DocType(doctype)
	column = table[df.fieldname]
	rows = (
		frappe.qb.from_(table)
		.select(column, Count("*"))
		.where(column.isnotnull() & (column != (0 if df.fieldtype == "Int" else "")))
		.groupby(column)
		.having(Count("*") > 1)
		.limit(1)
	).run()
	if rows:
		text = _("{0} cannot be unique: {1} records have the value {2} already.")
		saying.refuse(text.format(label, rows[0][1], rows[0][0]))
	if df.fieldtype != "Int":  # empty counts as no value, in the index too
		frappe.qb.update(table).set(column, None).where(column == "").run()
