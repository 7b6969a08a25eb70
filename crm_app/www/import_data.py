"""/import_data: a file comes in, in steps: choose, map, try, import, correct, undo."""

import frappe
from frappe import _

from crm_app.crm_customers.view_360 import address
from crm_app.crm_platform.importer import page

no_cache = 1


def get_context(context):
	if frappe.session.user == "Guest":
		frappe.throw(_("Log in to import."), frappe.PermissionError)
	frappe.has_permission("CRM Import", "create", throw=True)
	context.update({"no_cache": 1, "full_width": True, "show_sidebar": False, "title": _("Import")})
	if name := frappe.form_dict.get("name"):
		context.update(page.record_context(name))
		context.record_url = address("CRM Import", name)
		doctype = context.record.document_type
		context.records_url = address(doctype) if doctype and frappe.has_permission(doctype, "read") else None
		context.errors_url = address("CRM Import Error") + f"?crm_import={name}"
	else:
		context.update({"record": None, **page.start_context()})
	return context
