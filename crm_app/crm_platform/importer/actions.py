"""The buttons of CRM Import."""

from urllib.parse import urlencode

import frappe
from frappe import _

from crm_app.crm_platform.importer import proposing
from crm_app.crm_platform.importer import undo as undoing
from crm_app.crm_platform.importer.checkpoint import COUNTERS, is_alive
from crm_app.crm_platform.importer.runs import attached_path, check_rights, run_import
from crm_app.customising.mandatory import forgive_custom
from crm_app.utils.actions import stored

TIMEOUT = 6 * 3600
BUSY = ("Queued", "Running")


@frappe.whitelist()
def start(doc: str | dict) -> dict:
	"""Begin, or go on after a stop, a failure or a kill; the work itself happens in the background."""
	record = stored(doc, "CRM Import")
	check_rights(record)
	if record.status in ("Completed", "Undone"):
		frappe.throw(_("{0} is complete already").format(record.name), title=_("Import"))
	if is_undone_in_part(record):
		frappe.throw(_("{0} is undone in part: undo the rest first").format(record.name), title=_("Import"))
	attached_path(record)
	_queue(record, "work", {"status": "Queued", "stop_requested": 0})
	frappe.msgprint(_("The import is running in the background; open it again to see how far it is."))
	return record.reload().as_dict()


@frappe.whitelist()
def stop(doc: str | dict) -> dict:
	"""Ask a running import to stop after the chunk it is writing."""
	record = stored(doc, "CRM Import")
	if record.status not in BUSY:
		frappe.throw(_("{0} is not running").format(record.name), title=_("Import"))
	frappe.db.set_value("CRM Import", record.name, "stop_requested", 1)
	return record.reload().as_dict()


@frappe.whitelist()
def import_for_real(doc: str | dict) -> dict:
	"""After a dry run: the same file once more, and this time it stays."""
	record = stored(doc, "CRM Import")
	if not record.dry_run:
		frappe.throw(_("{0} was no dry run").format(record.name), title=_("Import"))
	if record.status in BUSY:
		frappe.throw(_("Stop the import first"), title=_("Import"))
	reset(record, dry_run=0)
	return start({"name": record.name})


def reset(record, **values) -> None:
	"""Back to the beginning; only for an import that has written nothing."""
	if frappe.db.exists("CRM Import Row", {"crm_import": record.name}) or not (
		record.dry_run or record.status == "Draft"
	):
		frappe.throw(_("{0} has written records already").format(record.name), title=_("Import"))
	frappe.db.delete("CRM Import Error", {"crm_import": record.name})
	if record.error_file:
		for file in frappe.get_all("File", filters={"file_url": record.error_file}, pluck="name"):
			frappe.delete_doc("File", file, ignore_permissions=True)  # made by the importer, now outdated
	blank = {"status": "Draft", "phase": "", "position": 0, "progress": 0, "message": "", "error_file": ""}
	blank |= {"started_on": None, "finished_on": None, "rows_total": 0, **dict.fromkeys(COUNTERS, 0)}
	frappe.db.set_value("CRM Import", record.name, blank | values)


@frappe.whitelist()
def correct(doc: str | dict) -> dict:
	"""A new import with the same settings and columns, for the corrected file of failed rows."""
	record = stored(doc, "CRM Import", "read")
	if not record.rows_bad:
		frappe.throw(_("No row of {0} failed").format(record.name), title=_("Import"))
	copy = frappe.copy_doc(record)
	copy.update({"source_file": "", "corrects": record.name, "dry_run": 0})
	copy.set("columns", [{name: row.get(name) for name in proposing.ROW} for row in record.columns])
	forgive_custom(copy)
	copy.insert()
	frappe.msgprint(_("{0} awaits the corrected file").format(copy.name), title=_("Import"))
	return {"route": page_of(copy.name), "name": copy.name}


@frappe.whitelist()
def undo(doc: str | dict) -> dict:
	"""Take the whole import back, in the background; after a stop or a kill, the rest of it."""
	record = stored(doc, "CRM Import")
	check_rights(record)
	if record.dry_run or record.status not in ("Completed", "Stopped", "Failed"):
		frappe.throw(_("There is nothing to undo"), title=_("Import"))
	if is_undoing(record):
		frappe.throw(_("{0} is being undone already").format(record.name), title=_("Import"))
	_queue(record, "work_back", {"undo_status": "Queued", "message": ""})
	return record.reload().as_dict()


def is_undoing(record) -> bool:
	"""Whether an undo waits or works; one that a kill ended does neither."""
	return record.undo_status == "Queued" and is_alive(record)


def is_undone_in_part(record) -> bool:
	return record.undo_status in ("Queued", "Stopped")


def _queue(record, job: str, values: dict) -> None:
	frappe.db.set_value("CRM Import", record.name, values)
	frappe.enqueue(
		f"crm_app.crm_platform.importer.actions.{job}",
		queue="long",
		timeout=TIMEOUT,
		enqueue_after_commit=True,
		import_name=record.name,
	)


@frappe.whitelist()
def open_page(doc: str | dict) -> dict:
	"""Address of the import's page; the real desk shows it as a link, the embedded one goes there."""
	route = page_of(stored(doc, "CRM Import", "read").name)
	link = '<a href="{}" target="_blank">{}</a>'.format(route, _("Open the import page"))
	frappe.msgprint(link, title=_("Import"))
	return {"route": route}


def page_of(name: str) -> str:
	return "/import_data?" + urlencode({"name": name})


def work(import_name: str) -> None:
	"""The background job; a refused file is told on the record, not in the error log."""
	try:
		run_import(import_name)
	except frappe.ValidationError:
		frappe.clear_messages()


def work_back(import_name: str) -> None:
	"""The background job; a refusal is told on the record."""
	try:
		undoing.undo(import_name)
	except frappe.ValidationError:
		frappe.clear_messages()
