"""Frappe 15 overlooks a missing record behind a Link field that another field fetches from; this does not."""

import frappe
from frappe import _


def check_fetched_links(doc, method: str | None = None) -> None:
	"""Hook for `validate`: every filled Link field with a fetch_from beside it names an existing record."""
	rows = [doc] + [row for table in doc.meta.get_table_fields() for row in doc.get(table.fieldname) or []]
	for row in rows:
		for field in row.meta.get_link_fields():
			name = row.get(field.fieldname)
			if (
				name
				and is_fetched_from(row.meta, field.fieldname)
				and not frappe.db.exists(field.options, name)
			):
				frappe.throw(
					_("{0}: there is no {1} {2}.").format(_(field.label), _(field.options), name),
					exc=frappe.LinkValidationError,
					title=_("Not found"),
				)


def is_fetched_from(meta, fieldname: str) -> bool:
	return any((field.get("fetch_from") or "").startswith(f"{fieldname}.") for field in meta.fields)
