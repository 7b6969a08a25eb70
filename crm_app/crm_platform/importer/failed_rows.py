"""The rows that stayed out, as a file of the same shape with their reasons: correct it and import it."""

import csv
import io
import os
from collections.abc import Iterator

import frappe
from frappe import _
from frappe.utils import cint

from crm_app.crm_platform.importer.domain import source
from crm_app.crm_platform.importer.domain.columns import REASON
from crm_app.crm_platform.importer.domain.errors import NO_VALUE, FileRefused
from crm_app.crm_platform.importer.files import readable_file
from crm_app.utils.settings import setting

SLICE = 5_000
MOST = 200_000  # rows of a file that a spreadsheet still opens with ease


def attach(name: str, path: str | None = None) -> str | None:
	"""Make the file and put its address on the import; None where no row failed. Keeps memory flat."""
	record = frappe.get_doc("CRM Import", name)
	if not record.rows_bad:
		return None
	try:
		path = path or readable_file(record.source_file).get_full_path()
		inspected = source.inspect(path, cint(setting("import_max_mb")))
		rows = _rows(name, inspected)
		content = _workbook(rows) if source.is_workbook(path) else _text(rows)
	except (FileRefused, OSError):
		return None  # the file is gone or was changed since; the list of errors still tells everything
	stem = os.path.splitext(os.path.splitext(os.path.basename(record.file_name or path))[0])[0]
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"{stem}-failed.{'xlsx' if source.is_workbook(path) else 'csv'}",
			"content": content,
			"is_private": 1,
			"attached_to_doctype": "CRM Import",
			"attached_to_name": name,
		}
	).insert(ignore_permissions=True)  # of the user's own rows, on the user's own import
	frappe.db.set_value("CRM Import", name, "error_file", file.file_url)
	return file.file_url


def _rows(name: str, inspected: source.Source) -> Iterator[list[str]]:
	"""Header and failed rows with their reasons; both sides are read in order of the row number."""
	rows = enumerate(source.rows(inspected), 1)
	header: list[str] = []
	for _number, header in rows:
		if any(cell.strip() for cell in header):
			break
	has_reason = bool(header) and header[-1].strip() in (REASON, _(REASON))
	width = len(header) - has_reason
	yield [*header[:width], _(REASON)]
	for (row_no, reasons), _count in zip(_reasons(name), range(MOST), strict=False):
		for number, row in rows:
			if number == row_no:
				row = ["" if cell == NO_VALUE else cell for cell in row]
				yield [*row[:width], *[""] * (width - len(row)), "; ".join(reasons)]
				break


def _reasons(name: str) -> Iterator[tuple[int, list[str]]]:
	current, reasons, start = None, [], 0
	while start is not None:
		found = frappe.get_all(
			"CRM Import Error",
			filters={"crm_import": name, "kind": "Error"},
			fields=["row_no", "message"],
			order_by="row_no asc, name asc",
			limit_start=start,
			limit_page_length=SLICE,
		)
		start = start + SLICE if len(found) == SLICE else None
		for row in found:
			if row.row_no != current and current is not None:
				yield current, reasons
				reasons = []
			current = row.row_no
			reasons.append(row.message)
	if current is not None:
		yield current, reasons


def _text(rows: Iterator[list[str]]) -> bytes:
	out = io.StringIO()
	csv.writer(out).writerows(rows)
	return ("\ufeff" + out.getvalue()).encode()


def _workbook(rows: Iterator[list[str]]) -> bytes:
	"""All cells as text, so that numbers keep their digits and nothing runs as a formula."""
	from openpyxl import Workbook
	from openpyxl.cell import WriteOnlyCell
	from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

	book = Workbook(write_only=True)
	page = book.create_sheet("Sheet1")
	for row in rows:
		cells = []
		for text in row:
			cell = WriteOnlyCell(page, value=ILLEGAL_CHARACTERS_RE.sub("", text))
			cell.data_type, cell.number_format = "s", "@"
			cells.append(cell)
		page.append(cells)
	out = io.BytesIO()
	book.save(out)
	return out.getvalue()
