"""Rows of a file that belong to one record: its own values, and its child rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from crm_app.crm_platform.importer.domain.cells import BadCell
from crm_app.crm_platform.importer.domain.errors import NO_VALUE, UNCOUNTED, Problem
from crm_app.crm_platform.importer.domain.values import clean
from crm_app.crm_platform.importer.sheet import Column, Sheet
from crm_app.crm_platform.importer.values import ValueReader
from crm_app.utils.rules import _

WIDTH = _("The row has {0} columns instead of {1}")
DIFFERS = _("differs from row {0} of the same record")

Row = tuple[int, list[str]]


@dataclass
class Entry:
	"""One record as the file has it. `tables`: table field → child rows; `problems`: (row number, what)."""

	rows: list[Row]
	values: dict = field(default_factory=dict)
	tables: dict[str, list[dict]] = field(default_factory=dict)
	problems: list[tuple[int, Problem]] = field(default_factory=list)
	key: str = ""

	@property
	def row_no(self) -> int:
		return self.rows[0][0]


class EntryReader:
	"""Groups the rows of a sheet into records and reads their cells."""

	def __init__(self, sheet: Sheet, key_field: str, reader: ValueReader):
		self.sheet, self.reader = sheet, reader
		plain = [column for column in sheet.columns if not column.filled.target.table]
		self.own = plain
		self.each_row = [c for c in sheet.columns if c.filled.target.table and not c.filled.target.number]
		self.numbered = [c for c in sheet.columns if c.filled.target.number]
		self.key_column = next((c for c in plain if key_field and c.filled.target.field == key_field), None)

	def entries(self, after: int = 0) -> Iterator[list[Row]]:
		"""Lists of rows of one record each; `after`: the last row number that is done already."""
		group: list[Row] = []
		for row_no, row in self.sheet.rows():
			if row_no <= after:
				continue
			if group and not self._goes_on(group[0][1], row):
				yield group
				group = []
			group.append((row_no, row))
		if group:
			yield group

	def _goes_on(self, first: list[str], row: list[str]) -> bool:
		"""Only child rows go on: the same key again, or nothing in the record's own columns."""
		if not self.each_row or len(row) != len(self.sheet.header) or len(row) != len(first):
			return False
		if self.key_column:
			given = row[self.key_column.place].strip()
			return given in ("", first[self.key_column.place].strip())
		return not any(row[column.place].strip() for column in self.own)

	def key_of(self, row: list[str]) -> str:
		"""What stands in the key column, as text; "" where the row is too short or has none."""
		column = self.key_column
		if not column or len(row) != len(self.sheet.header) or not row[column.place].strip():
			return ""
		try:
			return str(self.reader.read(column.filled.df, row[column.place], column.value_map))
		except BadCell:
			return clean(row[column.place])

	def read(self, rows: list[Row]) -> Entry:
		entry = Entry(rows)
		width = len(self.sheet.header)
		for row_no, row in rows:
			if len(row) != width:
				entry.problems.append((row_no, Problem("", "", WIDTH, (len(row), width))))
		if entry.problems:
			return entry
		first_no, first = rows[0]
		entry.key = self.key_of(first)
		for column in self.own:
			self._cell(entry, entry.values, first_no, first, column)
		for row_no, row in rows[1:]:
			self._compare(entry, row_no, row)
		self._numbered_rows(entry, first_no, first)
		for row_no, row in rows:
			self._child_rows(entry, row_no, row, self.each_row)
		return entry

	def _cell(self, entry: Entry, target: dict, row_no: int, row: list[str], column: Column) -> None:
		text = row[column.place]
		if not text.strip():
			return
		if text == NO_VALUE:
			entry.problems.append((row_no, Problem(column.header, "", UNCOUNTED)))
			return
		try:
			value = self.reader.read(column.filled.df, text, column.value_map)
		except BadCell as bad:
			problem = Problem(column.header, text.strip(), bad.template, bad.values)
			entry.problems.append((row_no, problem))
			return
		if column.filled.df.fieldtype == "Table MultiSelect":
			entry.tables[column.filled.df.fieldname] = value
		else:
			target[column.filled.target.field] = value

	def _compare(self, entry: Entry, row_no: int, row: list[str]) -> None:
		first_no, first = entry.rows[0]
		for column in self.own:
			text = row[column.place].strip()
			if text and text != first[column.place].strip():
				entry.problems.append((row_no, Problem(column.header, text, DIFFERS, (first_no,))))

	def _numbered_rows(self, entry: Entry, row_no: int, row: list[str]) -> None:
		for key in sorted({(c.filled.target.table, c.filled.target.number) for c in self.numbered}):
			columns = [c for c in self.numbered if (c.filled.target.table, c.filled.target.number) == key]
			self._child_rows(entry, row_no, row, columns)

	def _child_rows(self, entry: Entry, row_no: int, row: list[str], columns: list[Column]) -> None:
		found: dict[str, dict] = {}
		for column in columns:
			values = found.setdefault(column.filled.target.table, {})
			self._cell(entry, values, row_no, row, column)
		for table, values in found.items():
			if values:
				entry.tables.setdefault(table, []).append(values)
