"""Many rows of one DocType in one statement: columns and defaults from its meta, no Document per row."""

import frappe
from frappe.utils import now_datetime

CHUNK = 2_000


class BulkTable:
	"""Collects rows and inserts them. Each row starts from the DocType's defaults (custom fields too)."""

	def __init__(self, doctype: str, **common):
		self.doctype = doctype
		blank = frappe.new_doc(doctype)
		stamp = now_datetime()
		values = {name: blank.get(name) for name in frappe.get_meta(doctype).get_valid_columns()}
		values |= {"creation": stamp, "modified": stamp, "idx": 0, "docstatus": 0, **common}
		values |= {"owner": frappe.session.user, "modified_by": frappe.session.user}
		self.defaults = {name: value for name, value in values.items() if value is not None}
		self.rows: list[dict] = []

	def add(self, **values) -> None:
		self.rows.append(values)

	def insert(self) -> int:
		"""Write what was added; returns how many rows."""
		rows, self.rows = self.rows, []
		if not rows:
			return 0
		changing = list(dict.fromkeys(name for row in rows for name in row))
		fixed = [name for name in self.defaults if name not in changing]
		tail = tuple(self.defaults[name] for name in fixed)
		values = [(*(row.get(name, self.defaults.get(name)) for name in changing), *tail) for row in rows]
		frappe.db.bulk_insert(self.doctype, [*changing, *fixed], values, chunk_size=CHUNK)
		return len(rows)


def existing(doctype: str, field: str, keys: list, value: str = "name") -> dict:
	"""field → value of the records whose `field` is one of `keys`."""
	found = frappe.get_all(doctype, filters={field: ["in", keys]}, fields=[field, value]) if keys else []
	return {row[field]: row[value] for row in found}
