"""The buttons of CRM Import."""

import frappe
from frappe import _

from crm_app.crm_platform.importer.runs import attached_path, check_rights, run_import
from crm_app.utils.actions import stored

TIMEOUT = 6 * 3600


@frappe.whitelist()
def start(doc: str | dict) -> dict:
	"""Begin, or go on after a stop, a failure or a kill; the work itself happens in the background."""
	record = stored(doc, "CRM Import")
	check_rights(record.import_type)
	attached_path(record)
	if record.status == "Completed":
		frappe.throw(_("{0} is complete already").format(record.name), title=_("Import"))
	frappe.db.set_value("CRM Import", record.name, {"status": "Queued", "stop_requested": 0})
	frappe.enqueue(
		"crm_app.crm_platform.importer.actions.work",
		queue="long",
		timeout=TIMEOUT,
		enqueue_after_commit=True,
		import_name=record.name,
	)
	frappe.msgprint(_("The import is running in the background; open it again to see how far it is."))
	return record.reload().as_dict()


@frappe.whitelist()
def stop(doc: str | dict) -> dict:
	"""Ask a running import to stop after the chunk it is writing."""
	record = stored(doc, "CRM Import")
	if record.status not in ("Queued", "Running"):
		frappe.throw(_("{0} is not running").format(record.name), title=_("Import"))
	frappe.db.set_value("CRM Import", record.name, "stop_requested", 1)
	return record.reload().as_dict()


def work(import_name: str) -> None:
	"""The background job; a refused file is told on the record, not in the error log."""
	try:
		run_import(import_name)
	except frappe.ValidationError:
		frappe.clear_messages()
