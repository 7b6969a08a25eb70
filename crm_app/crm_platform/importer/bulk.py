"""Many rows of one DocType in one statement: columns and defaults from its meta, no Document per row."""

import frappe
from frappe.model import numeric_fieldtypes
from frappe.utils import now_datetime, nowdate

ROWS_A_STATEMENT = 1_000


class BulkTable:
	"""Collects rows and inserts them. Each row starts from the DocType's defaults (custom fields too)."""

	def __init__(self, doctype: str, **common):
		self.doctype = doctype
		user = frappe.session.user
		defaults, self.zeros = _blank(doctype, user)
		values = {**defaults, "owner": user, "modified_by": user, **common}
		self.defaults = {name: value for name, value in values.items() if value is not None}
		self.rows: list[dict] = []

	def add(self, **values) -> None:
		self.rows.append(values)

	def insert(self) -> int:
		"""Write what was added; returns how many rows."""
		rows, self.rows = self.rows, []
		if not rows:
			return 0
		self.defaults["creation"] = self.defaults["modified"] = str(now_datetime())
		# Where only some rows have a column, or give None for it: its default, for numbers at least 0.
		absent = {name: self.defaults.get(name, self.zeros.get(name)) for row in rows for name in row}
		fixed = [name for name in self.defaults if name not in absent]
		tail = [self.defaults[name] for name in fixed]
		values = [[*_filled(row, absent), *tail] for row in rows]
		insert_rows(self.doctype, [*absent, *fixed], values)
		return len(rows)


_blanks: dict = {}


def _blank(doctype: str, user: str) -> tuple[dict, dict]:
	"""(values of a new row, 0 for its numbers), once for a user, a day and a state of the DocType."""
	meta, key = frappe.get_meta(doctype), (frappe.local.site, doctype, user)
	kept = _blanks.get(key)
	if not kept or kept[0] is not meta or kept[1] != nowdate():
		blank = frappe.new_doc(doctype)
		values = {name: blank.get(name) for name in meta.get_valid_columns()} | {"idx": 0, "docstatus": 0}
		zeros = {df.fieldname: 0 for df in meta.fields if df.fieldtype in numeric_fieldtypes}
		kept = _blanks[key] = (meta, nowdate(), values, zeros)
	return kept[2:]


def _filled(row: dict, absent: dict) -> list:
	return [other if (value := row.get(name)) is None else value for name, other in absent.items()]


def insert_rows(doctype: str, columns: list[str], rows: list[list]) -> None:
	"""As frappe.db.bulk_insert, but bound values instead of SQL text built term by term: 5 times as fast."""
	names = ", ".join(f"`{name}`" for name in columns)
	places = "(" + ", ".join(["%s"] * len(columns)) + ")"
	for start in range(0, len(rows), ROWS_A_STATEMENT):
		part = rows[start : start + ROWS_A_STATEMENT]
		statement = f"INSERT INTO `tab{doctype}` ({names}) VALUES " + ", ".join([places] * len(part))
		frappe.db.sql(statement, [value for row in part for value in row])


def existing(doctype: str, field: str, keys: list) -> set:
	"""Those of `keys` that a record holds in `field`, in lower case as MariaDB compares."""
	found = frappe.get_all(doctype, filters={field: ["in", keys]}, pluck=field) if keys else []
	return {key.casefold() for key in found}
