"""CSV files in and out."""

import csv
import io

import frappe
from frappe import _
from frappe.utils import cstr


def read_csv_content(fcontent, use_sniffer: bool = False) -> list[list[str]]:
	"""Rows of a CSV given as bytes or text; bytes are UTF-8 (with or without mark) or GB18030."""
	text = fcontent if isinstance(fcontent, str) else _decoded(fcontent)
	try:
		dialect = csv.Sniffer().sniff(text[:4096]) if use_sniffer else csv.excel
		return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), dialect)]
	except csv.Error as error:
		frappe.throw(_("Invalid CSV format: {0}").format(error))


def _decoded(content: bytes) -> str:
	for encoding in ("utf-8-sig", "gb18030"):
		try:
			return content.decode(encoding)
		except UnicodeDecodeError:
			continue
	frappe.throw(_("Unknown file encoding. Use UTF-8."))


def to_csv(data, quoting: str = "QUOTE_MINIMAL", delimiter: str = ",") -> str:
	out = io.StringIO()
	csv.writer(out, delimiter=delimiter, quoting=getattr(csv, quoting)).writerows(
		[["" if cell is None else cstr(cell) for cell in row] for row in data]
	)
	return out.getvalue()
