"""Exports of the real desk: the framework's own, with a line in the operation log before them.

The embedded host calls the hook `on_export` instead.
"""

import frappe

from crm_app.crm_platform.operation_log import exported


@frappe.whitelist()
def export_list():
	"""In place of frappe.desk.reportview.export_query, which checks the rights and drops hidden fields."""
	from frappe.desk.reportview import export_query

	given = frappe.local.form_dict
	exported(given.get("doctype") or "", given.get("file_format_type") or "CSV")
	return export_query()


@frappe.whitelist()
def export_report():
	"""In place of frappe.desk.query_report.export_query, which checks the rights."""
	from frappe.desk.query_report import export_query

	given = frappe.local.form_dict
	exported("", given.get("file_format_type") or "CSV", given.get("report_name"))
	return export_query()
