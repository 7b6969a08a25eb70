"""Files of records, as CSV and as workbooks, and imports of them."""

from pathlib import Path

import frappe
from openpyxl import Workbook, load_workbook

from crm_app.crm_platform.importer.runs import run_file

SYSTEM = "sheet-test"


def write_xlsx(path: Path, rows) -> str:
	book = Workbook(write_only=True)
	page = book.create_sheet()
	for row in rows:
		page.append(row)
	book.save(path)
	return str(path)


def read_xlsx(path: str) -> list[list]:
	return [list(row) for row in load_workbook(path, read_only=True).active.iter_rows(values_only=True)]


def bring_in(path: str, doctype: str = "CRM Customer", **options):
	"""The finished CRM Import."""
	options = {"source_system": SYSTEM} | options
	name = run_file(path, import_type="Records", document_type=doctype, **options)
	return frappe.get_doc("CRM Import", name)


def uploaded(path: str, **values):
	"""An import with its file attached, not started."""
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": Path(path).name,
			"content": Path(path).read_bytes(),
			"is_private": 1,
		}
	).insert()
	values = {"import_type": "Records", "document_type": "CRM Customer", "source_system": SYSTEM} | values
	return frappe.get_doc({"doctype": "CRM Import", "source_file": file.file_url, **values}).insert()


def customers(**filters) -> list:
	return frappe.get_all(
		"CRM Customer",
		filters={"source_system": SYSTEM, **filters},
		fields=["name", "customer_name", "mobile_no", "external_id", "city"],
		order_by="external_id asc",
		limit_page_length=0,
	)


def errors(name: str, kind: str = "Error") -> list[tuple]:
	found = frappe.get_all(
		"CRM Import Error",
		filters={"crm_import": name, "kind": kind},
		fields=["row_no", "column_name", "message"],
		order_by="row_no asc",
		limit_page_length=0,
	)
	return [(row.row_no, row.column_name, row.message) for row in found]


def stored_file(url: str) -> str:
	return frappe.get_doc("File", {"file_url": url}).get_full_path()
