"""The rows of a workbook's sheet, a row at a time, without believing what the file says of its size."""

import zipfile
import zlib
from collections.abc import Iterator

from crm_app.crm_platform.importer.domain.errors import DAMAGED, NO_VALUE, FileRefused
from crm_app.utils.rules import _

WIDEST = 1_000  # columns
LAST_ROW = 1_048_576  # of a sheet, in every spreadsheet program
EMPTY_ROWS = 10_000  # in sequence; a row number alone can claim millions in a few bytes
BEYOND = _("The sheet has a row {0}: no more than {1} rows are read")
GAP = _("Row {0} comes after {1} empty rows: delete the empty rows and try again")


def workbook_rows(path: str) -> Iterator[list[str]]:
	"""The active sheet; formulas as their last values, rows without their empty tail. Raises FileRefused."""
	from openpyxl import load_workbook
	from openpyxl.utils.exceptions import InvalidFileException

	try:
		book = load_workbook(path, read_only=True, data_only=True)
	except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile) as broken:
		raise FileRefused(DAMAGED, broken) from None
	try:
		sheet = book.active if hasattr(book.active, "iter_rows") else next(iter(book.worksheets), None)
		if sheet is None:
			raise FileRefused(_("The workbook has no sheet with cells"))
		yield from _without_gaps(_numbered(sheet))
	except (zipfile.BadZipFile, zlib.error, ValueError, SyntaxError, EOFError, IndexError) as broken:
		raise broken if isinstance(broken, FileRefused) else FileRefused(DAMAGED, broken) from None
	finally:
		book.close()


def _without_gaps(rows: Iterator[tuple[int, list[str]]]) -> Iterator[list[str]]:
	"""Rows in their places; after EMPTY_ROWS empty ones nothing may follow."""
	given = filled = 0
	for number, row in rows:
		if number > LAST_ROW:
			raise FileRefused(BEYOND, number, LAST_ROW)
		if row and (empty := number - filled - 1) > EMPTY_ROWS:
			raise FileRefused(GAP, number, empty)
		before = number - 1 if row else min(number, filled + EMPTY_ROWS)
		for _place in range(given, before):
			yield []
		given = max(given, before)
		if row and number > given:
			yield row
			given = filled = number


def _numbered(sheet) -> Iterator[tuple[int, list[str]]]:
	"""(row number, cells) of the rows that the file holds. openpyxl's own rows make up those between."""
	with sheet._get_source() as xml:
		for number, cells in _parser(sheet, xml).parse():
			yield number, _texts(sheet, cells)


def _parser(sheet, xml):
	"""openpyxl's, which knows dates and shared texts; it also tells a formula without value from no cell."""
	from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

	class Parser(WorkSheetParser):
		def parse_cell(self, element):
			cell = super().parse_cell(element)
			is_text = element.get("t") == "str"  # then no value is the text ""
			if cell["value"] is None and not is_text and element.find(FORMULA_TAG) is not None:
				cell |= {"value": NO_VALUE, "data_type": "s"}
			return cell

	book = sheet.parent
	formats = {"date_formats": book._date_formats, "timedelta_formats": book._timedelta_formats}
	return Parser(xml, sheet._shared_strings, data_only=True, epoch=book.epoch, **formats)


def _texts(sheet, cells: list[dict]) -> list[str]:
	from openpyxl.cell.read_only import ReadOnlyCell

	row: list[str] = []
	for cell in cells:
		if cell["value"] is None or cell["column"] > WIDEST:
			continue
		text = cell_text(ReadOnlyCell(sheet, **cell))
		if text:
			place = cell["column"] - 1
			row += [""] * (place + 1 - len(row))
			row[place] = text
	return row


def cell_text(cell) -> str:
	value = cell.value
	if value is None:
		return ""
	if isinstance(value, str):
		return value
	if isinstance(value, float):
		return number_text(value, cell.number_format)
	if isinstance(value, int) and not isinstance(value, bool) and cell.number_format.endswith("%"):
		return f"{value * 100}%"
	return str(value)


def number_text(value: float, number_format: str) -> str:
	if number_format.endswith("%"):
		return f"{round(value * 100, 10):g}%"
	return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
