"""Shipped values of the settings, stored once.

Frappe gives a Single its defaults only while nothing of it is stored; from the first stored field on, a check
that was never stored reads as 0. So every default is written at installation, and a new one at migration.
"""

import frappe

SINGLES = ("CRM Settings", "CRM Customer Rules", "Analytics Settings")


def seed() -> None:
	for doctype in SINGLES:
		_store_missing(doctype)


def _store_missing(doctype: str) -> None:
	table = frappe.qb.DocType("Singles")
	rows = frappe.qb.from_(table).select(table["field"]).where(table.doctype == doctype).run()
	stored = {row[0] for row in rows}
	for df in frappe.get_meta(doctype).fields:
		if df.default and df.fieldname not in stored:
			frappe.db.set_single_value(doctype, df.fieldname, df.default, update_modified=False)
