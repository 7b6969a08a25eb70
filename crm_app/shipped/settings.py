"""Values of Singles: each stands alone, so a new default reaches a site that never changed that value."""

import frappe

from crm_app.shipped import definitions, memory
from crm_app.shipped.domain.three_way import merge
from crm_app.shipped.normal import normalised


def seed(*doctypes: str) -> None:
	for doctype in doctypes:
		sync(definitions.doctype(doctype))


def sync(definition: dict) -> None:
	name, values = definition["name"], defaults(definition)
	new = normalised(name, values)
	_store_missing(name, values)
	now, base = current(name, new), memory.base(name, name)
	was = new if base is None else {**dict.fromkeys(new, ""), **base}  # without a default it was empty
	merged, conflicts = merge(now, was, new)
	for key in new:
		if merged[key] != now[key]:
			frappe.db.set_single_value(name, key, values[key], update_modified=False)
	frappe.clear_document_cache(name, name)
	memory.merged(name, name, {key: merged[key] for key in new}, new, conflicts)


def defaults(definition: dict) -> dict:
	return {df["fieldname"]: df["default"] for df in definition["fields"] if df.get("default") is not None}


def current(doctype: str, like: dict) -> dict:
	return normalised(doctype, frappe.get_doc(doctype, doctype).as_dict(), like)


def take(doctype: str, values: dict) -> None:
	for key, value in values.items():
		frappe.db.set_single_value(doctype, key, value)
	frappe.clear_document_cache(doctype, doctype)


def _store_missing(doctype: str, values: dict) -> None:
	"""Every default is written at installation, and a new one at migration.

	Frappe gives a Single its defaults only while nothing of it is stored; from the first stored field on, a
	check that was never stored reads as 0.
	"""
	table = frappe.qb.DocType("Singles")
	rows = frappe.qb.from_(table).select(table["field"]).where(table.doctype == doctype).run()
	stored = {row[0] for row in rows}
	for fieldname, value in values.items():
		if fieldname not in stored:
			frappe.db.set_single_value(doctype, fieldname, value, update_modified=False)
