"""CSV or XLSX of a list with its filters, for users with the export right; rows are read in slices."""

import csv
import itertools
import tempfile

import frappe
from django.http import FileResponse, Http404
from frappe import _
from frappe.permissions import get_role_permissions
from frappe.utils.xlsxutils import make_xlsx

from desk import routes
from desk.list_query import ListQuery

SLICE = 5000
TYPES = {
	"csv": "text/csv; charset=utf-8",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def may_export(doctype: str) -> bool:
	"""Also where the right covers only the reader's own records: the list holds no others then."""
	granted = get_role_permissions(doctype, is_owner=True)
	return bool(granted["export"] or granted["if_owner"].get("export"))


def export(request, slug: str):
	doctype = routes.doctype_for(slug)
	if not doctype:
		raise Http404(slug)
	if not may_export(doctype):
		frappe.throw(_("Not permitted"), frappe.PermissionError)
	query = ListQuery(doctype, request.GET)
	columns = [query.by_name["name"], *query.fields]
	kind = "xlsx" if request.path.endswith(".xlsx") else "csv"
	rows = itertools.chain([[_(df.label or df.fieldname) for df in columns]], all_rows(query, columns))
	file = tempfile.TemporaryFile(mode="w+b")
	if kind == "xlsx":
		file.write(make_xlsx(rows, _(doctype)).getbuffer())  # write-only: a row at a time, packed as it goes
	else:
		file.write("\ufeff".encode())  # so that spreadsheets read Chinese as UTF-8
		write_rows(file, ([cell(value) for value in row] for row in rows))
	file.seek(0)
	note(doctype, kind.upper())
	return FileResponse(file, as_attachment=True, filename=f"{doctype}.{kind}", content_type=TYPES[kind])


def note(doctype: str, kind: str, report: str | None = None) -> None:
	"""Apps may keep a log of what leaves the site: hook `on_export(doctype, file_type, report)`."""
	for path in frappe.get_hooks("on_export"):
		frappe.get_attr(path)(doctype, kind, report)


def all_rows(query: ListQuery, columns: list):
	for rows in slices(query, [df.fieldname for df in columns]):
		yield from map(list, rows)


def slices(query: ListQuery, fieldnames: list[str]):
	"""Batches of tuples in order of name, the first column; each starts after the last, memory stays flat."""
	last = None
	while True:
		after = [["name", ">", last]] if last is not None else []
		rows = frappe.get_list(
			query.doctype,
			fields=fieldnames,
			filters=[*query.filters, *after],
			or_filters=query.or_filters,
			order_by=f"`tab{query.doctype}`.`name` asc",
			limit_page_length=SLICE,
			as_list=True,
		)
		yield rows
		if len(rows) < SLICE:
			return
		last = rows[-1][0]


def write_rows(file, rows) -> None:
	writer = csv.writer(TextLines(file))
	writer.writerows(rows)


class TextLines:
	"""The little of a text file that csv.writer needs, over a binary one."""

	def __init__(self, file):
		self.file = file

	def write(self, text: str) -> None:
		self.file.write(text.encode())


def cell(value):
	"""Text that a spreadsheet would run as a formula gets an apostrophe, and text that has one there another:
	so the import knows which to take off."""
	if not isinstance(value, str):
		return "" if value is None else value
	bare = value.lstrip("'")
	risky = bare[:1] in ("=", "@", "\t", "\r") or (bare[:1] in ("+", "-") and (bare != value or _runs(bare)))
	return f"'{value}" if bare and risky else value


def _runs(signed: str) -> bool:
	return not signed[1:].replace(" ", "").isdigit()
