"""Script reports: filters from the Report's own rows, typed table, chart, summary, export."""

import csv
import io
import re

import frappe
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils.html import format_html, mark_safe
from frappe import _
from frappe.desk import query_report
from frappe.utils import cint, flt
from frappe.utils.html_utils import clean_for_page
from frappe.utils.xlsxutils import make_xlsx

from desk import formatting, routes, shell
from desk.csv_export import cell, note

PAGE = 200
SUMMARY_COLOURS = {"Green": "green", "Red": "red", "Orange": "orange", "Blue": "blue"}


def show(request, name: str):
	doc = permitted(name)
	values = filter_values(doc, request.GET)
	missing = [
		_(row.label) for row in doc.filters if row.mandatory and values.get(row.fieldname) in (None, "")
	]
	data, problem = (None, None) if missing else run(name, values)
	context = {
		"report": doc,
		"controls": controls(doc, values),
		"missing": missing,
		"problem": problem,
		"query": request.GET.urlencode(),
		**(present(data, request.GET) if data else {}),
	}
	return shell.render(request, "desk/report.html", _(name), [(_(doc.ref_doctype), None)], **context)


def permitted(name: str):
	doc = frappe.get_cached_doc("Report", name)
	if not shell.may_run(name):
		frappe.throw(_("You may not open the report {0}.").format(_(name)), frappe.PermissionError)
	return doc


def run(name: str, values: dict) -> tuple[dict | None, str | None]:
	"""(result, None), or (None, the reader's reason) when the report refuses its filters."""
	try:
		return query_report.run(name, filters=values), None
	except frappe.PermissionError:
		raise
	except frappe.ValidationError as error:
		frappe.local.message_log = []
		return None, frappe.utils.strip_html(str(error))


def filter_values(doc, params) -> dict:
	"""Typed filter values; a filter absent from the address has its default."""
	values = {}
	for row in doc.filters:
		value = params.get(row.fieldname, default_value(row.default) if not params else "")
		if row.fieldtype == "Check":
			value = cint(value)
		elif row.fieldtype == "Int" and value != "":
			value = cint(value)
		elif row.fieldtype in ("Float", "Currency", "Percent") and value != "":
			value = flt(value)
		if value not in ("", None):
			values[row.fieldname] = value
	return values


def default_value(default):
	named = {"Today": frappe.utils.nowdate, "__user": lambda: frappe.session.user}
	return named[default]() if default in named else (default or "")


def controls(doc, values: dict) -> list[dict]:
	return [
		{
			"name": row.fieldname,
			"label": _(row.label),
			"required": row.mandatory,
			"value": values.get(row.fieldname, ""),
			"kind": {"Select": "select", "Check": "check", "Date": "date", "Link": "link"}.get(
				row.fieldtype, "text"
			),
			"options": (row.options or "").split("\n") if row.fieldtype == "Select" else [],
			"target": row.options if row.fieldtype == "Link" else "",
			"number": row.fieldtype in formatting.NUMERIC,
		}
		for row in doc.filters
	]


def present(data: dict, params) -> dict:
	"""What the template draws; a long result is paged, the totals cover all of it."""
	columns = [normal_column(column, at) for at, column in enumerate(data.get("columns") or [])]
	rows = [as_dict(row, columns) for row in data.get("result") or []]
	total = rows.pop() if data.get("add_total_row") and rows else None
	sort_rows(rows, columns, params)
	page = Paginator(rows, PAGE).get_page(params.get("page"))
	return {
		"columns": columns,
		"rows": [[cell_html(row, column) for column in columns] for row in page],
		"total_row": [cell_html(total, column) for column in columns] if total else None,
		"page": page,
		"links": column_links(columns, params),
		"previous": page_link(params, page.previous_page_number()) if page.has_previous() else None,
		"next": page_link(params, page.next_page_number()) if page.has_next() else None,
		"message": mark_safe(clean_for_page(str(data.get("message") or ""))),
		"summary": [summary_card(entry) for entry in data.get("report_summary") or []],
		"chart": data.get("chart") if (data.get("chart") or {}).get("data") else None,
	}


def normal_column(column, at: int) -> dict:
	"""A column as a dict; Frappe also allows `Label:Fieldtype/Options:Width` strings."""
	if isinstance(column, str):
		label, kind, _width = [*column.split(":"), "", ""][:3]
		fieldtype, _slash, options = kind.partition("/")
		column = {
			"label": label,
			"fieldname": frappe.scrub(label),
			"fieldtype": fieldtype,
			"options": options,
		}
	column = frappe._dict(column)
	column.fieldtype = column.fieldtype or "Data"
	column.fieldname = column.fieldname or column.get("id") or f"column_{at}"
	column.num = column.fieldtype in formatting.NUMERIC
	return column


def as_dict(row, columns: list) -> dict:
	if isinstance(row, dict):
		return row
	return {column.fieldname: value for column, value in zip(columns, row, strict=False)}


def sort_rows(rows: list, columns: list, params) -> None:
	column = next((one for one in columns if one.fieldname == params.get("sort")), None)
	if not column:
		return
	key = (
		(lambda row: flt(row.get(column.fieldname)))
		if column.num
		else lambda row: str(row.get(column.fieldname) or "")
	)
	rows.sort(key=key, reverse=params.get("dir") == "desc")


def column_links(columns: list, params) -> list[dict]:
	links = []
	for column in columns:
		active = params.get("sort") == column.fieldname
		direction = (
			"asc" if (active and params.get("dir") == "desc") or not (active or column.num) else "desc"
		)
		arrow = ("arrow_downward" if params.get("dir") == "desc" else "arrow_upward") if active else ""
		url = changed(params, sort=column.fieldname, dir=direction, page=1)
		links.append({"label": _(column.label or ""), "url": url, "num": column.num, "arrow": arrow})
	return links


def changed(params, **changes) -> str:
	copy = params.copy()
	for key, value in changes.items():
		copy[key] = value
	return "?" + copy.urlencode()


def page_link(params, number: int) -> str:
	return changed(params, page=number)


def cell_html(row: dict, column):
	value = row.get(column.fieldname)
	text = formatting.format_value(value, column, row, link=True)
	if route := row.get(f"{column.fieldname}_route"):
		text = format_html('<a href="{}">{}</a>', route, text)
	if row.get("bold") and text:
		text = format_html("<b>{}</b>", text)
	indent = cint(row.get("indent")) if column is not None and not column.num else 0
	tint = str(row.get(f"{column.fieldname}_tint") or "")
	shade = tint if re.fullmatch("#[0-9a-f]{6}", tint) else ""
	return {"text": text, "num": column.num, "indent": indent * 18, "tint": shade}


def summary_card(entry: dict) -> dict:
	df = {"fieldtype": entry.get("datatype") or "Data"}
	colour = entry.get("indicator") or entry.get("color") or ""
	value = formatting.format_value(entry.get("value"), df) or "0"
	label, currency = _(entry.get("label") or ""), entry.get("currency")
	return {
		"label": f"{label} ({currency})" if currency and currency != label else label,
		"value": value,
		"colour": SUMMARY_COLOURS.get(colour.title(), ""),
	}


def export(request, name: str):
	"""The whole result as CSV or XLSX, with the filters of the page."""
	doc = permitted(name)
	frappe.has_permission(doc.ref_doctype, "export", throw=True)
	data, problem = run(name, filter_values(doc, request.GET))
	if problem:
		frappe.throw(problem)
	columns = [normal_column(column, at) for at, column in enumerate(data["columns"])]
	rows = [as_dict(row, columns) for row in data["result"]]
	table = [[_(column.label or "") for column in columns]]
	table += [[row.get(column.fieldname) for column in columns] for row in rows]
	kind = "XLSX" if request.GET.get("format") == "xlsx" else "CSV"
	note(doc.ref_doctype, kind, name)
	return xlsx(name, table) if kind == "XLSX" else csv_file(name, table)


def csv_file(name: str, table: list) -> HttpResponse:
	text = io.StringIO()
	csv.writer(text).writerows([cell(value) for value in row] for row in table)
	body = ("\ufeff" + text.getvalue()).encode()
	return attachment(body, f"{name}.csv", "text/csv; charset=utf-8")


def xlsx(name: str, table: list) -> HttpResponse:
	kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	return attachment(make_xlsx(table, name).getvalue(), f"{name}.xlsx", kind)


def attachment(body: bytes, filename: str, kind: str) -> HttpResponse:
	response = HttpResponse(body, content_type=kind)
	response["Content-Disposition"] = f"attachment; filename*=UTF-8''{routes.quote(filename)}"
	return response
