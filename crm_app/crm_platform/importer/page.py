"""What the import page shows and what its buttons call."""

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Max, Min
from frappe.utils import cint

from crm_app.crm_platform.importer import actions, fields, proposing, sheet
from crm_app.crm_platform.importer import undo as undoing
from crm_app.crm_platform.importer.checkpoint import COUNTERS
from crm_app.crm_platform.importer.domain.mapping import TRANSACTIONS

NUMBERED_ROWS = 3  # child rows that a file may hold side by side
LATEST, FIRST_ERRORS = 8, 30
SETTINGS = ("mode", "key_field", "child_rows", "submit_records", "date_format", "source_system", "template")
SHOWN = [
	("rows_total", "Rows"),
	("records_created", "Records Created"),
	("transactions_created", "Transactions Created"),
	("records_updated", "Records Updated"),
	("records_existing", "Records There Already"),
	("rows_bad", "Rows with Errors"),
	("rows_warned", "Warnings"),
	("taken_back", "Records Taken Back"),
]


def start_context() -> dict:
	latest = frappe.get_list(
		"CRM Import",
		fields=["name", "file_name", "status", "creation", "import_type", "document_type"],
		order_by="creation desc",
		limit_page_length=LATEST,
	)
	return {
		"doctypes": [{"name": name, "label": _(name)} for name in fields.importable_doctypes()],
		"latest": [{**row, "status_label": _(row.status)} for row in latest],
	}


def record_context(name: str) -> dict:
	record = frappe.get_doc("CRM Import", name)
	record.check_permission("read")
	mapped = proposing.is_mapped(record)
	doctype = sheet.document_type(record) if mapped else TRANSACTIONS
	return {
		"record": record,
		"what": _(doctype),
		"mapped": mapped,
		"editable": record.status in ("Draft", "Failed") or _was_dry(record),
		"was_dry": _was_dry(record),
		"targets": target_groups(doctype) if mapped else [],
		"keys": key_choices(record, doctype) if mapped else [],
		"templates": _templates(doctype) if mapped else [],
		"figures": figures(record),
		"problems": problems(name),
		"errors": first_errors(name),
		"required": _required(doctype) if mapped else [],
		"state": state(record),
		"half_undone": actions.is_undone_in_part(record),
	}


def _was_dry(record) -> bool:
	return bool(record.dry_run) and record.status == "Completed"


def target_groups(doctype: str) -> list[dict]:
	"""Options of a column's target: the record's own fields, then each child table."""
	groups: dict[str, list[dict]] = {"": []}
	for choice in fields.choices(doctype):
		table, _dot, fieldname = choice.target.rpartition(".")
		numbers = range(NUMBERED_ROWS + 1) if table else (0,)
		for number in numbers:
			target = f"{table}#{number}.{fieldname}" if number else choice.target
			label = fields.shown(doctype, target)
			group = choice.tables[-1] if table else ""
			groups.setdefault(group, []).append({"target": target, "label": label})
	return [{"label": _(group) if group else "", "options": options} for group, options in groups.items()]


def key_choices(record, doctype: str) -> list[dict]:
	"""Keys are plain fields; those that a column fills come first."""
	mapped = {row.target_field for row in record.columns}
	plain = [choice.target for choice in fields.choices(doctype) if "." not in choice.target]
	ordered = sorted(plain, key=lambda target: target not in mapped)
	return [{"target": target, "label": fields.shown(doctype, target)} for target in ordered]


def _required(doctype: str) -> list[str]:
	return [fields.shown(doctype, choice.target) for choice in fields.choices(doctype) if choice.required]


def _templates(doctype: str) -> list[str]:
	return frappe.get_list("CRM Import Template", filters={"document_type": doctype}, pluck="name")


def figures(record) -> list[dict]:
	"""What happened, or in a dry run what would happen."""
	return [
		{"name": name, "label": _(label), "value": cint(record.get(name))}
		for name, label in SHOWN
		if cint(record.get(name)) or name in ("rows_total", "rows_bad")
	]


def problems(name: str) -> list[dict]:
	"""Problems by column: how many, and an example."""
	error = frappe.qb.DocType("CRM Import Error")
	query = (
		frappe.qb.from_(error)
		.select(
			error.column_name,
			error.kind,
			Count(error.name).as_("count"),
			Min(error.message).as_("example"),
			Max(error.message).as_("other"),
		)
		.where(error.crm_import == name)
		.groupby(error.column_name, error.kind)
	)
	rows = query.run(as_dict=True)
	for row in rows:
		row["kind_label"] = _(row.kind or "Error")
		row["examples"] = list(dict.fromkeys(filter(None, [row.example, row.other])))
	return sorted(rows, key=lambda row: -row["count"])


def first_errors(name: str) -> list[dict]:
	return frappe.get_all(
		"CRM Import Error",
		filters={"crm_import": name},
		fields=["row_no", "column_name", "value", "message", "kind"],
		order_by="row_no asc, name asc",
		limit_page_length=FIRST_ERRORS,
	)


def state(record) -> dict:
	if actions.is_undoing(record):
		label = _("Undo") + ": " + _("Running")
		return {"busy": True, "status": "Undo", "label": label, "progress": undoing.share_back(record)}
	label = _("Dry Run") + ": " + _(record.status) if record.dry_run else _(record.status)
	if actions.is_undone_in_part(record):
		label = _("Undo") + ": " + _("Stopped")
	busy = record.status in actions.BUSY
	return {"busy": busy, "status": record.status, "label": label, "progress": record.progress or 0}


@frappe.whitelist()
def progress(name: str) -> dict:
	"""For the page that waits: state and counters."""
	record = frappe.get_doc("CRM Import", name)
	record.check_permission("read")
	return {**state(record), **{counter: cint(record.get(counter)) for counter in ("rows_total", *COUNTERS)}}


@frappe.whitelist(methods=["POST"])
def create(file_url: str, document_type: str) -> str:
	"""A draft for an uploaded file, with proposed columns. Permission: the record's own."""
	values = {"import_type": "Records", "document_type": document_type, "source_file": file_url}
	return frappe.get_doc({"doctype": "CRM Import", **values}).insert().name


@frappe.whitelist(methods=["POST"])
def save(name: str, values: str | dict, columns: str | list) -> str:
	"""Settings and mapping as the page has them."""
	record = frappe.get_doc("CRM Import", name)
	record.check_permission("write")
	if _was_dry(record):
		actions.reset(record)
		record.reload()
	elif record.status not in ("Draft", "Failed"):
		frappe.throw(_("{0} is under way or done").format(name), title=_("Import"))
	given = frappe.parse_json(values)
	record.update({field: given[field] for field in SETTINGS if field in given})
	chosen = {row["source_column"]: row for row in frappe.parse_json(columns)}
	for row in record.columns:
		wanted = chosen.get(row.source_column, {})
		target = wanted.get("target_field", row.target_field) or ""
		if target != (row.target_field or ""):
			row.update({"target_field": target, "match_kind": "User" if target else ""})
		row.value_map = wanted.get("value_map", row.value_map)
	record.save()
	return record.name


@frappe.whitelist(methods=["POST"])
def run(name: str, dry_run: int | str = 0) -> str:
	"""Start a dry run or the real one; a dry run before it is forgotten."""
	record = frappe.get_doc("CRM Import", name)
	record.check_permission("write")
	if _was_dry(record):
		actions.reset(record)
	frappe.db.set_value("CRM Import", name, "dry_run", cint(dry_run))
	actions.start({"name": name})
	frappe.clear_messages()
	return name


@frappe.whitelist(methods=["POST"])
def attach(name: str, file_url: str) -> str:
	"""The corrected file for an import that `correct` opened."""
	record = frappe.get_doc("CRM Import", name)
	record.check_permission("write")
	record.source_file = file_url
	record.save()
	return name


@frappe.whitelist(methods=["POST"])
def keep_template(name: str, title: str) -> str:
	"""Permission: the template's own."""
	record = frappe.get_doc("CRM Import", name)
	record.check_permission("read")
	if not title.strip():
		frappe.throw(_("Title: is missing."), frappe.MandatoryError)
	return proposing.save_template(record, title.strip())
