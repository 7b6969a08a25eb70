"""Running Script Reports with the reader's roles."""

import functools
import importlib

import frappe
from frappe import _, permissions
from frappe.app_hooks import module_package, scrub
from frappe.utils import cint, flt


def get_report_doc(report_name: str):
	"""The report when the user may run it: a role of the report, and reading its DocType."""
	doc = frappe.get_doc("Report", report_name)
	if not is_permitted(doc):
		frappe.throw(
			_("You don't have access to Report: {0}").format(_(doc.name)),
			frappe.PermissionError,
			title=_("Not Permitted"),
		)
	if not frappe.has_permission(doc.ref_doctype, "report"):
		frappe.throw(
			_("You don't have permission to get a report on: {0}").format(_(doc.ref_doctype)),
			frappe.PermissionError,
		)
	if doc.disabled:
		frappe.throw(_("Report {0} is disabled").format(_(report_name)))
	return doc


def is_permitted(report) -> bool:
	"""Whether one of the user's roles is listed; a report without roles is open."""
	allowed = {row.role for row in report.roles}
	return not allowed or frappe.session.user == "Administrator" or bool(allowed & set(frappe.get_roles()))


@frappe.whitelist()
def run(
	report_name: str,
	filters: str | dict | None = None,
	user=None,
	ignore_prepared_report=False,
	custom_columns=None,
	**_kwargs,
) -> dict:
	"""columns (dicts), result (rows as dicts), message, chart, report_summary, skip_total_row."""
	report = get_report_doc(report_name)
	filters = frappe.parse_json(filters or {})
	if not isinstance(filters, dict):
		raise frappe.InvalidValue(_("Invalid filter: {0}").format(filters))
	missing = [row.label for row in report.filters if row.mandatory and not filters.get(row.fieldname)]
	if missing:
		frappe.throw(_("Please set filters: {0}").format(", ".join(_(label) for label in missing)))
	columns, result, message, chart, summary, skip_total = _execute(report, filters)
	columns = [_column(column) for column in columns or []]
	rows = [_row(row, columns) for row in result or []]
	result = get_filtered_data(report.ref_doctype, columns, rows, frappe.session.user)
	add_total = cint(report.add_total_row) and not skip_total and bool(result)
	if add_total:
		result.append(total_row(result, columns))
	return {
		"columns": columns,
		"result": result,
		"message": message,
		"chart": chart,
		"report_summary": summary,
		"skip_total_row": skip_total,
		"add_total_row": int(add_total),
		"status": None,
		"execution_time": 0,
	}


def get_filtered_data(ref_doctype: str, columns: list, data: list, user: str) -> list:
	"""Rows whose links the user's User Permissions leave; what is no record, such as a label of a sum, stays.

	As in real Frappe it comes after the report: charts and summaries are the report's own affair.
	"""
	if not permissions.get_user_permissions(user):
		return data
	links = {column["options"]: column["fieldname"] for column in columns if column["fieldtype"] == "Link"}
	allowed = [
		(target, links[target], names)
		for doctype in links
		for target, names in permissions.limits_of(frappe.get_meta(doctype), user)
		if target in links
	]
	exists = functools.cache(frappe.db.exists)
	return [
		row
		for row in data
		if all(
			not row.get(name) or row[name] in names or not exists(target, row[name])
			for target, name, names in allowed
		)
	]


def _execute(report, filters) -> list:
	if report.report_type != "Script Report" or report.is_standard != "Yes":
		raise frappe.NotInHost(f"reports of type {report.report_type} are not part of the embedded host")
	name = scrub(report.name)
	module = importlib.import_module(f"{module_package(report.module)}.report.{name}.{name}")
	return [*module.execute(filters), None, None, None, None, None][:6]


def _column(column) -> frappe._dict:
	"""A column as a dict; the old notation is `Label:Fieldtype/Options:Width`."""
	if not isinstance(column, str):
		column = frappe._dict(column)
		column.setdefault("fieldtype", "Data")
		column.setdefault("fieldname", scrub(column.label or ""))
		return column
	label, kind, width = [*column.split(":"), "", ""][:3]
	fieldtype, _slash, options = kind.partition("/")
	return frappe._dict(
		label=label,
		fieldname=scrub(label),
		fieldtype=fieldtype or "Data",
		options=options or None,
		width=cint(width),
	)


def _row(row, columns) -> dict:
	if isinstance(row, dict):
		return row
	return frappe._dict(zip((column.fieldname for column in columns), row, strict=False))


def total_row(rows: list, columns: list) -> dict:
	"""Sums of the number columns, means of percentages; `Total` in the first text column."""
	total = frappe._dict(is_total_row=1)
	for column in columns:
		if column.fieldtype not in ("Int", "Float", "Currency", "Percent", "Duration"):
			continue
		values = [flt(row.get(column.fieldname)) for row in rows if not row.get("indent")]
		total[column.fieldname] = sum(values)
		if column.fieldtype == "Percent" and values:
			total[column.fieldname] /= len(values)
	if columns and columns[0].fieldname not in total:
		total[columns[0].fieldname] = _("Total")
	return total
