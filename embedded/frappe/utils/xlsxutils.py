"""Excel workbooks."""

from io import BytesIO


def make_xlsx(data, sheet_name: str, wb=None, column_widths=None) -> BytesIO:
	"""A workbook with one sheet of rows; text that looks like a formula stays text."""
	from openpyxl import Workbook
	from openpyxl.cell import WriteOnlyCell
	from openpyxl.styles import Font

	book = wb or Workbook(write_only=True)
	sheet = book.create_sheet(sheet_name[:31], 0)
	for number, width in enumerate(column_widths or [], start=1):
		if width:
			sheet.column_dimensions[chr(64 + number)].width = width
	for index, row in enumerate(data):
		cells = []
		for value in row:
			cell = WriteOnlyCell(sheet, value=_cell_value(value))
			if isinstance(value, str) and value.startswith("="):
				cell.data_type = "s"
			if not index:
				cell.font = Font(bold=True)
			cells.append(cell)
		sheet.append(cells)
	out = BytesIO()
	book.save(out)
	out.seek(0)
	return out


def _cell_value(value):
	from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

	if isinstance(value, str):
		return ILLEGAL_CHARACTERS_RE.sub("", value)
	return (
		value
		if value is None or isinstance(value, int | float) or hasattr(value, "isoformat")
		else str(value)
	)


def read_xlsx_file_from_attached_file(file_url=None, fcontent=None, filepath=None) -> list[list]:
	"""Rows of the first sheet."""
	import frappe
	from openpyxl import load_workbook

	if file_url:
		fcontent = frappe.get_doc("File", {"file_url": file_url}).get_content()
	book = load_workbook(filename=filepath or BytesIO(fcontent), data_only=True, read_only=True)
	return [list(row) for row in book.active.iter_rows(values_only=True)]
