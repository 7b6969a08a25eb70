"""Taking a whole import back: what it inserted goes, what it updated gets its old values, or nothing happens.

First everything is looked at; where people built on a record since, the import stays and the list of reasons
is told. Then it is taken back step by step. A refusal in the first step leaves all as it was; a later one
ends the undo as Stopped, with the record and the reason; the next start goes on from there, as after a kill.
"""

import json
from collections.abc import Iterator

import frappe
from frappe import _
from frappe.utils import cint, now_datetime, strip_html

from crm_app.crm_platform.importer import removing
from crm_app.crm_platform.importer.bulk import BulkTable
from crm_app.crm_platform.importer.checkpoint import ImportBusy
from crm_app.crm_platform.importer.domain.mapping import TRANSACTIONS
from crm_app.crm_platform.importer.domain.staging import batched
from crm_app.crm_platform.importer.obstacles import linked, obstacles, people_work
from crm_app.crm_platform.operation_log import log

AT_ONCE = 200  # an import of no more rows is taken back in one step: all of it or nothing
STEP = 100
LOOKED_UP = 500
TOLD = 30  # reasons that are listed
STAMPS = (
	"name",
	"owner",
	"creation",
	"modified",
	"modified_by",
	"parent",
	"parentfield",
	"parenttype",
	"doctype",
)
REFUSALS = (frappe.ValidationError, frappe.PermissionError, frappe.QueryTimeoutError)


class HeldFast(Exception):
	"""`reasons`: lines that say what holds the import fast."""

	def __init__(self, reasons: list[str]):
		self.reasons = reasons


def undo(name: str) -> None:
	"""Background job or command. Throws with the list of what holds the import, or some of it, fast."""
	record = frappe.get_doc("CRM Import", name)
	if record.undo_status == "Undone":
		return
	try:
		_look(record)
		_take_back(record)
	except HeldFast as held:
		_end(record, held.reasons)
		frappe.throw(_told(record, held.reasons), title=_("The import cannot be undone"))
	except ImportBusy:
		raise
	except Exception as broken:
		frappe.db.rollback()
		_end(record, [str(broken)[:500] or type(broken).__name__])
		raise
	values = {"undo_status": "Undone", "status": "Undone", "message": "", "finished_on": now_datetime()}
	frappe.db.set_value("CRM Import", name, values)
	log("Undo of Import", name, _("{0} was taken back").format(record.file_name or name))
	frappe.db.commit()


def _end(record, reasons: list[str]) -> None:
	"""Nothing was undone, or a part: the record says which, and why."""
	record.taken_back = cint(frappe.db.get_value("CRM Import", record.name, "taken_back"))
	state = "Stopped" if record.taken_back else "Refused"
	values = {"undo_status": state, "message": _told(record, reasons)}
	frappe.db.set_value("CRM Import", record.name, values)
	if record.taken_back:
		log("Undo of Import", record.name, _how_far(record))
	frappe.db.commit()


def _told(record, reasons: list[str]) -> str:
	more = _("and {0} more").format(len(reasons) - TOLD) if len(reasons) > TOLD else ""
	lines = [_("Nothing was undone, because of this:"), *reasons[:TOLD], more]
	if record.taken_back:
		lines[0] = _how_far(record)
		lines.append(_("Once that is mended, undo again: it goes on from there."))
	return "\n".join(filter(None, lines))


def _how_far(record) -> str:
	back, left = record.taken_back, frappe.db.count("CRM Import Row", {"crm_import": record.name})
	return _("The undo stopped: {0} of {1} records are back, the others are as they were.").format(
		back, back + left
	)


def share_back(record) -> float:
	"""Percent of the import's records that an undo has taken back."""
	back, left = record.taken_back or 0, frappe.db.count("CRM Import Row", {"crm_import": record.name})
	return round(100 * back / (back + left or 1), 1)


def logged(name: str, **filters) -> Iterator[list]:
	"""Batches of CRM Import Row, newest first. What is taken back is deleted, so each batch is read anew."""
	fields = ["name", "row_no", "document_type", "docname", "action", "before", "stamp"]
	last = None
	while True:
		after = {"row_no": ["<", last]} if last is not None else {}
		rows = frappe.get_all(
			"CRM Import Row",
			filters={"crm_import": name, **filters, **after},
			fields=fields,
			order_by="row_no desc, name desc",
			limit_page_length=LOOKED_UP,
		)
		if len(rows) == LOOKED_UP:  # a row number may not be torn apart
			edge = rows[-1].row_no
			whole = [row for row in rows if row.row_no != edge]
			rows = whole or rows
		if not rows:
			return
		yield rows
		last = rows[-1].row_no


def _look(record) -> None:
	"""Raises HeldFast where something is in the way; changes nothing."""
	if record.import_type == TRANSACTIONS:
		_note_sales(record)
	if reasons := [reason for rows in logged(record.name) for reason in obstacles(record, rows)]:
		raise HeldFast(reasons)


def _take_back(record) -> None:
	"""Raises HeldFast at the first refusal; the step in which it came is rolled back."""
	done = record.taken_back or 0
	few = frappe.db.count("CRM Import Row", {"crm_import": record.name}) <= AT_ONCE
	frappe.db.commit()
	if not few and not done:
		_rehearse(record.name)
	for batch in batched(_in_order(record.name), AT_ONCE if few else STEP):
		_lock(record.name, done)
		_take_batch(batch)
		done += len(batch)
		frappe.db.delete("CRM Import Row", {"name": ["in", [row.name for row in batch]]})
		frappe.db.set_value("CRM Import", record.name, "taken_back", done)
		frappe.db.commit()


def _take_batch(batch: list) -> None:
	"""Old values first: after them nothing of this batch points any more at what goes."""
	try:
		for row in batch:
			if row.action == "Updated":
				_take(row)
		inserted = [row for row in batch if row.action == "Inserted"]
		_check_once_more(inserted)
		for row in inserted:
			_take(row)
	except HeldFast:
		frappe.db.rollback()
		raise
	for doctype, names in _by_doctype(inserted).items():
		removing.forget_traces(doctype, names)


def _by_doctype(rows: list) -> dict[str, list[str]]:
	found = {}
	for row in rows:
		found.setdefault(row.document_type, []).append(row.docname)
	return found


def _rehearse(name: str) -> None:
	"""Where old values come first: would a step of what was inserted go? Tried before any of them is set."""
	if not frappe.db.exists("CRM Import Row", {"crm_import": name, "action": "Updated"}):
		return
	try:
		for row in next(logged(name, action="Inserted"), [])[:STEP]:
			_take(row)
	finally:
		frappe.db.rollback()


def _in_order(name: str) -> Iterator:
	"""Old values first: they may name what goes. Newest first: what hangs on an earlier row goes sooner."""
	for action in ("Updated", "Inserted"):
		for rows in logged(name, action=action):
			yield from rows


def _lock(name: str, done: int) -> None:
	if cint(frappe.db.get_value("CRM Import", name, "taken_back", for_update=True)) != done:
		frappe.db.rollback()
		raise ImportBusy(_("{0} is already running in another process").format(name))


def _check_once_more(rows: list) -> None:
	"""Just before: an undo of many records takes minutes, and people go on working."""
	batch = {(row.document_type, row.docname) for row in rows}
	for doctype, names in _by_doctype(rows).items():
		reasons = [*people_work(doctype, names), *linked(doctype, names, lambda link, found: batch)]
		if reasons:
			raise HeldFast(reasons)


def _take(row) -> None:
	try:
		_restore(row) if row.action == "Updated" else _remove(row)
	except REFUSALS as refused:
		reason = strip_html(str(refused)).strip() or type(refused).__name__
		told = _("{0} {1} cannot be taken back: {2}").format(_(row.document_type), row.docname, reason)
		raise HeldFast([told]) from refused


def _remove(row) -> None:
	removing.remove(row.document_type, row.docname)


def _restore(row) -> None:
	doc = frappe.get_doc(row.document_type, row.docname)
	tables = {df.fieldname for df in doc.meta.get_table_fields()}
	for fieldname, value in json.loads(row.before or "{}").items():
		if fieldname in tables:
			doc.set(fieldname, [])
			for child in value:
				doc.append(fieldname, {k: v for k, v in child.items() if k not in STAMPS})
		else:
			doc.set(fieldname, value)
	doc.flags.ignore_permissions = True  # the values are those it had before
	doc.flags.ignore_mandatory = True  # and they were complete then, whatever has become mandatory since
	doc.save()


def _note_sales(record) -> None:
	"""Bulk imports keep no rows of their own: what carries the import's name is what it inserted."""
	if frappe.db.exists("CRM Import Row", {"crm_import": record.name}):
		return
	table = BulkTable("CRM Import Row", crm_import=record.name, action="Inserted")
	number = 0
	for doctype in ("CRM Customer", "CRM Transaction"):
		found = frappe.get_all(
			doctype,
			filters={"import_batch": record.name},
			fields=["name", "creation", "modified"],
			order_by="creation asc, name asc",
			limit_page_length=0,
		)
		for row in found:
			number += 1
			table.add(
				name=frappe.generate_hash(length=20),
				row_no=number,
				document_type=doctype,
				docname=row.name,
				stamp=str(row.creation),
			)
	table.insert()
	frappe.db.commit()
