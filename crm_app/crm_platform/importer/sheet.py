"""A file of records of one DocType: its header, what each column fills, and its rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import frappe

from crm_app.crm_platform.importer import fields
from crm_app.crm_platform.importer.domain import source
from crm_app.crm_platform.importer.domain.cells import unguarded
from crm_app.crm_platform.importer.domain.columns import Matcher, clean_header
from crm_app.crm_platform.importer.domain.errors import NO_VALUE, FileRefused
from crm_app.crm_platform.importer.domain.mapping import CUSTOMERS, spelling
from crm_app.crm_platform.importer.loading import read_mapping
from crm_app.crm_platform.importer.values import ValueReader, read_value_map
from crm_app.utils.rules import _

LOOKED_AT = 500  # rows from which samples and unknown options are taken
BLANKS_AMONG_THEM = 2_000
SAMPLES, SAMPLE_SIGNS = 3, 40


@dataclass(frozen=True)
class Column:
	"""A column that is imported; `place` is its position in a row."""

	place: int
	header: str
	filled: fields.Place
	value_map: dict[str, str] = field(default_factory=dict)


@dataclass
class Sheet:
	"""An opened file. Rows are numbered as a spreadsheet does."""

	source: source.Source
	header: list[str]
	header_row: int
	columns: list[Column] = field(default_factory=list)

	def rows(self, last: int | None = None) -> Iterator[tuple[int, list[str]]]:
		"""(row number, cells) under the header to row `last`, as wide as it; blank rows are left out."""
		width = len(self.header)
		for number, row in enumerate(islice(source.rows(self.source), last), 1):
			if number > self.header_row and any(cell.strip() for cell in row):
				while len(row) > width and not row[-1].strip():
					row.pop()
				row = [unguarded(cell) for cell in row]
				yield number, row + [""] * (width - len(row)) if self.is_workbook else row

	@property
	def is_workbook(self) -> bool:
		return source.is_workbook(self.source.path)


def document_type(record) -> str:
	return "CRM Customer" if record.import_type == CUSTOMERS else record.document_type


def open_sheet(record, inspected: source.Source) -> Sheet:
	"""With the columns as the record maps them, or as they are proposed. Raises FileRefused."""
	sheet = bare_sheet(inspected)
	mapped = record.get("columns") or [frappe._dict(row) for row in propose(record, sheet)]
	doctype, spelled = document_type(record), [spelling(name) for name in sheet.header]
	for row in mapped:
		if not row.target_field:
			continue
		if spelling(row.source_column) not in spelled:
			raise FileRefused(
				_("Missing columns: {0}. The file has: {1}"), row.source_column, ", ".join(sheet.header)
			)
		where = spelled.index(spelling(row.source_column))
		filled = fields.place(doctype, row.target_field)
		sheet.columns.append(Column(where, sheet.header[where], filled, read_value_map(row.get("value_map"))))
	_check_columns(record, sheet, doctype)
	return sheet


def bare_sheet(inspected: source.Source) -> Sheet:
	rows = source.rows(inspected)
	try:
		header, number = clean_header(islice(rows, 50))
	finally:
		rows.close()
	return Sheet(inspected, header, number)


def _check_columns(record, sheet: Sheet, doctype: str) -> None:
	targets = [column.filled.target for column in sheet.columns]
	for column in sheet.columns:
		if targets.count(column.filled.target) > 1:
			raise FileRefused(_("Two columns fill {0}"), fields.shown(doctype, _text(column.filled.target)))
	if not sheet.columns:
		raise FileRefused(_("No column is mapped to a field"))
	given = {target.field for target in targets if not target.table}
	if record.mode != "Update Existing":
		missing = [c.names[0] for c in fields.choices(doctype) if c.required and c.target not in given]
		if missing:
			labels = ", ".join(frappe._(name) for name in missing)
			raise FileRefused(_("Missing columns: {0}. The file has: {1}"), labels, ", ".join(sheet.header))
	if record.key_field and record.key_field not in given:
		raise FileRefused(_("No column is mapped to the key {0}"), fields.shown(doctype, record.key_field))
	if not record.key_field and record.mode != "Insert New":
		raise FileRefused(_("Choose the key by which records are found"))


def _text(target) -> str:
	number = f"#{target.number}" if target.number else ""
	return f"{target.table}{number}.{target.field}" if target.table else target.field


def propose(record, sheet: Sheet) -> list[dict]:
	"""Rows of CRM Import Column: the mapping given as JSON goes before what the headers say."""
	doctype = document_type(record)
	given = {spelling(header): name for name, header in read_mapping(record.mapping).items()}
	if unknown := [header for header in given if header not in map(spelling, sheet.header)]:
		raise FileRefused(_("Missing columns: {0}. The file has: {1}"), unknown[0], ", ".join(sheet.header))
	found = Matcher(fields.choices(doctype)).propose(sheet.header)
	first = (row for _number, row in sheet.rows(sheet.header_row + BLANKS_AMONG_THEM + LOOKED_AT))
	samples = [["" if cell == NO_VALUE else cell for cell in row] for row in islice(first, LOOKED_AT)]
	reader, rows = ValueReader(), []
	for place, (name, proposal) in enumerate(zip(sheet.header, found, strict=True)):
		target = given.get(spelling(name)) or ("" if proposal.target in given.values() else proposal.target)
		values = list(dict.fromkeys(row[place] for row in samples if place < len(row) and row[place].strip()))
		if target == "external_id" and spelling(name) not in given and _are_names(doctype, values):
			target = "name"  # a list that was exported here comes back
		rows.append(
			{
				"source_column": name[:140],
				"sample_values": " | ".join(value[:SAMPLE_SIGNS] for value in values[:SAMPLES]),
				"target_field": target,
				"match_kind": ("Exact" if spelling(name) in given else proposal.match) if target else "",
				"value_map": _unknown_options(doctype, target, values, reader),
			}
		)
	return rows


def _are_names(doctype: str, values: list[str]) -> bool:
	return bool(values) and all(frappe.db.exists(doctype, value.strip()) for value in values[:SAMPLES])


def _unknown_options(doctype: str, target: str, values: list[str], reader: ValueReader) -> str:
	"""Lines to fill in for values of the file that are no option here."""
	if not target:
		return ""
	df = fields.place(doctype, target).df
	if df.fieldtype != "Select":
		return ""
	known = reader.known_options(df)
	return "\n".join(f"{value[:60]} =" for value in values if spelling(value) not in known)[:1000]


def default_key(doctype: str, targets: set[str]) -> str:
	"""By what records are found unless the user says otherwise; "" for nothing sure."""
	return next((name for name in ("external_id", "name") if name in targets), "")
