"""Exports of the real desk: the framework's own, with a line in the operation log before them.

The embedded host calls the hook `on_export` instead.
"""

import frappe
from frappe import _

from crm_app.crm_platform.operation_log import exported


@frappe.whitelist()
def export_list():
	"""In place of frappe.desk.reportview.export_query, which checks the rights and drops hidden fields."""
	export_query = _core("frappe.desk.reportview.export_query")
	given = frappe.local.form_dict
	exported(given.get("doctype") or "", given.get("file_format_type") or "CSV")
	return export_query()


@frappe.whitelist()
def export_report():
	"""In place of frappe.desk.query_report.export_query, which checks the rights."""
	export_query = _core("frappe.desk.query_report.export_query")
	given = frappe.local.form_dict
	exported("", given.get("file_format_type") or "CSV", given.get("report_name"))
	return export_query()


def _core(path: str):
	try:
		return frappe.get_attr(path)
	except AttributeError:
		frappe.throw(_("Export from the list or the report itself."))
