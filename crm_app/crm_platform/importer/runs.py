"""One import from its file to its last row: find or open the record, load, write, say how it ended."""

import json
import os
from collections.abc import Callable

import frappe
from frappe import _
from frappe.utils import cint, getdate, now_datetime

from crm_app.crm_platform.importer import failed_rows, fields, loading, proposing, sheet
from crm_app.crm_platform.importer.checkpoint import Checkpoint, ImportBusy, ImportStopped
from crm_app.crm_platform.importer.domain import source
from crm_app.crm_platform.importer.domain.errors import FileRefused
from crm_app.crm_platform.importer.domain.mapping import CUSTOMERS, PRESETS, RECORDS, TRANSACTIONS, preset_for
from crm_app.crm_platform.importer.errors import ErrorWriter
from crm_app.crm_platform.importer.files import readable_file
from crm_app.crm_platform.importer.records import RecordWriter
from crm_app.crm_platform.importer.transactions import TransactionWriter
from crm_app.crm_platform.operation_log import log
from crm_app.utils.rules import RuleError
from crm_app.utils.settings import setting
from crm_app.utils.telling import tell, telling

Progress = Callable[[str, int, int], None]
OPTIONS = ("preset", "mapping", "date_format", "document_type", "mode", "key_field", "child_rows")
UNFINISHED = ["Draft", "Queued", "Running", "Stopped", "Failed"]
RIGHTS = {
	TRANSACTIONS: [("CRM Customer", "create"), ("CRM Transaction", "create"), ("CRM Transaction", "submit")],
}
MODES = {
	"Insert New": ("create",),
	"Update Existing": ("write",),
	"Insert and Update": ("create", "write"),
}


def run_file(
	path: str,
	preset: str | None = None,
	mapping: dict[str, str] | None = None,
	dry_run: bool = False,
	progress: Progress | None = None,
	**options,
) -> str:
	"""Import a file of the server and return the name of its CRM Import.

	A file whose import was killed, stopped or failed goes on where that one ended. `mapping` is field →
	header; `options` are more fields of CRM Import (import_type, source_system, currency, date_format).
	`progress(phase, done, total)` is called after each chunk; commits chunk by chunk. Raises
	frappe.ValidationError when the file is refused, frappe.PermissionError, FileNotFoundError.
	"""
	with telling(_("Import")):
		inspected = source.inspect(path, cint(setting("import_max_mb")))
		values = _settings(inspected, preset, mapping, dry_run, options)
	check_rights(values)
	name = _unfinished(values) or frappe.get_doc({"doctype": "CRM Import"} | values).insert().name
	frappe.db.commit()
	return run_import(name, path=path, progress=progress)


def _settings(inspected: source.Source, preset: str | None, mapping, dry_run: bool, options: dict) -> dict:
	known = preset_for(preset, options.get("import_type") or TRANSACTIONS)
	return {
		"import_type": known.import_type,
		"preset": preset or "",
		"source_system": known.source_system,
		"currency": known.currency,
		"mapping": json.dumps(mapping, ensure_ascii=False, sort_keys=True) if mapping else "",
		"dry_run": int(bool(dry_run)),
		"file_name": os.path.basename(inspected.path),
		"file_hash": inspected.sha256,
		"date_format": "",
	} | {name: value for name, value in options.items() if value}


def _unfinished(values: dict) -> str | None:
	same = {name: values[name] for name in ("file_hash", "import_type", "source_system", "dry_run")}
	candidates = frappe.get_list(
		"CRM Import",
		filters={**same, "status": ["in", UNFINISHED]},
		fields=["name", *OPTIONS],
		order_by="creation desc",
	)
	given = [name for name in OPTIONS if name in values]  # the others were filled in by the run itself
	return next((row.name for row in candidates if all((row[o] or "") == values[o] for o in given)), None)


def check_rights(record) -> None:
	"""Before anything is read: what the import writes, the user must be allowed to write."""
	for doctype, ptype in [("CRM Import", "create"), *_rights(record)]:
		frappe.has_permission(doctype, ptype, throw=True)


def _rights(record) -> list[tuple[str, str]]:
	if record.get("import_type") not in (CUSTOMERS, RECORDS):
		return RIGHTS[TRANSACTIONS]
	doctype = sheet.document_type(frappe._dict(record if isinstance(record, dict) else record.as_dict()))
	fields.check_importable(doctype)
	rights = [(doctype, right) for right in MODES[record.get("mode") or "Insert New"]]
	return [*rights, (doctype, "submit")] if record.get("submit_records") else rights


def run_import(name: str, path: str | None = None, progress: Progress | None = None) -> str:
	"""Carry CRM Import `name` on to its end; its record tells how that was. Raises what stopped it."""
	record = frappe.get_doc("CRM Import", name)
	check_rights(record)
	_begin(record)
	try:
		_carry_out(record, path or attached_path(record), Checkpoint(name, progress))
	except ImportStopped:
		_close(name, status="Stopped", message=_("Stopped; Start goes on from here."))
	except ImportBusy:
		raise
	except RuleError as refused:
		message = tell(refused.template, *refused.values)
		_close(name, status="Failed", message=message)
		frappe.throw(message, title=_("Import"))
	except Exception as broken:
		frappe.db.rollback()
		_close(name, status="Failed", message=str(broken)[:500])
		raise
	else:
		_finish(record, path)
		_close(name, status="Completed", message="", progress=100, phase="Done", position=0)
	return name


def _finish(record, path: str | None) -> None:
	"""What people need afterwards: the failed rows as a file, a line in the operation log."""
	failed_rows.attach(record.name, path)
	if not record.dry_run:
		log("Import", record.name, _("{0}: rows of {1}").format(record.file_name, _(what(record))))


def what(record) -> str:
	return record.import_type if record.import_type == TRANSACTIONS else sheet.document_type(record)


def attached_path(record) -> str:
	"""The attached file on disk."""
	if not record.source_file:
		frappe.throw(_("File: attach the file to import"), title=_("Import"))
	return readable_file(record.source_file).get_full_path()


def _begin(record) -> None:
	if record.status == "Completed":
		frappe.throw(_("{0} is complete already").format(record.name), title=_("Import"))
	record.started_on = record.started_on or now_datetime()
	values = {"status": "Running", "started_on": record.started_on, "finished_on": None, "message": ""}
	frappe.db.set_value("CRM Import", record.name, {**values, "stop_requested": 0})
	frappe.db.commit()


def _close(name: str, **values) -> None:
	frappe.db.set_value("CRM Import", name, {**values, "finished_on": now_datetime()})
	frappe.db.commit()


def _carry_out(record, path: str, checkpoint: Checkpoint) -> None:
	inspected = source.inspect(path, cint(setting("import_max_mb")))
	if record.file_hash and record.file_hash != inspected.sha256 and checkpoint.position:
		raise FileRefused(loading.CHANGED)
	_fill_defaults(record, inspected)
	if record.import_type in (CUSTOMERS, RECORDS):
		_write_records(record, inspected, checkpoint)
		return
	loaded = loading.open_file(record, inspected)
	_write_transactions(record, loaded, checkpoint, ErrorWriter(record, checkpoint, loaded.headers))


def _fill_defaults(record, inspected: source.Source) -> None:
	preset = PRESETS.get(record.preset or "")
	values = {
		"source_system": record.source_system or (preset.source_system if preset else "import"),
		"currency": record.currency or (preset.currency if preset else "") or setting("default_currency"),
		"file_name": record.file_name or os.path.basename(inspected.path),
		"file_hash": inspected.sha256,
		"encoding": inspected.encoding,
	}
	record.update(values)
	frappe.db.set_value("CRM Import", record.name, values)
	frappe.db.commit()


def _write_records(record, inspected: source.Source, checkpoint: Checkpoint) -> None:
	proposing.keep(record, inspected)
	opened = sheet.open_sheet(record, inspected)
	total, last = 0, opened.header_row
	for last, _row in opened.rows():  # to its end: a broken file is refused before anything is written  # noqa: B007
		total += 1
	_note_rows(record, total)
	checkpoint.totals = {"Records": last - opened.header_row}
	RecordWriter(record, opened, checkpoint, ErrorWriter(record, checkpoint, {})).write()


def _write_transactions(record, loaded: loading.Loaded, checkpoint: Checkpoint, errors: ErrorWriter) -> None:
	today = str(getdate(record.started_on))
	stage, rows = loading.stage_lines(loaded, today, checkpoint.report)
	_note_rows(record, rows, rows_bad=stage.bad_rows())
	writer = TransactionWriter(record, stage, checkpoint, errors)
	checkpoint.totals = writer.totals()
	try:
		errors.write(stage) if record.dry_run else writer.write()
	finally:
		stage.close()


def _note_rows(record, rows: int, **values) -> None:
	frappe.db.set_value("CRM Import", record.name, {"rows_total": rows, **values})
	frappe.db.commit()
