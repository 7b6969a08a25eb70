"""Records that the app ships: written where they are missing for the first time, updated while untouched."""

from collections.abc import Iterable

import frappe
from frappe.utils import strip_html

from crm_app.shipped import made, memory, renames
from crm_app.shipped.domain.three_way import ADOPT, INSERT, KEEP, STAY_DELETED, UPDATE, decide, with_blanks
from crm_app.shipped.normal import STANDARD, TABLES, blank, current, naming_field, normalised

OUTCOMES = {INSERT: "inserted", UPDATE: "updated", ADOPT: "unchanged", KEEP: "kept", STAY_DELETED: "deleted"}


def sync(definition: dict) -> str:
	"""One definition (a document's dict with `doctype` and `name`); says what was done."""
	definition = renames.followed(definition)
	doctype, name = definition["doctype"], definition["name"]
	new, known = normalised(doctype, definition), memory.recall(doctype, name)
	now = current(doctype, renames.called(doctype, name), new)
	shipped = memory.plain(known.shipped_definition) if known else None
	if shipped and now:
		shipped = with_blanks(shipped, now, new, blank(doctype))
	step = decide(now, shipped, known.shipped_hash if known else "", new, bool(known))
	if step in (INSERT, UPDATE):
		return _try_to_write(definition, new, now, OUTCOMES[step])
	if step == ADOPT:
		memory.as_shipped(doctype, name, now, new, was_there=True)
	else:
		state = memory.EDITED if step == KEEP else memory.DELETED
		memory.differs(doctype, name, state, now, new, was_there=bool(now))
	return OUTCOMES[step]


def sync_all(definitions: Iterable[dict]) -> dict[str, str]:
	return {definition["name"]: sync(definition) for definition in definitions}


def _try_to_write(definition: dict, new: dict, now: dict | None, outcome: str) -> str:
	"""A DocType as an administrator left it may refuse a shipped record: then it waits, and says why."""
	frappe.db.savepoint("shipped_default")
	try:
		install(definition)
	except frappe.ValidationError as error:
		frappe.db.rollback(save_point="shipped_default")
		frappe.clear_messages()
		state = memory.EDITED if now else memory.DELETED
		note = strip_html(str(error))[:500] or type(error).__name__
		memory.differs(definition["doctype"], definition["name"], state, now, new, note)
		return "kept"
	return outcome


def install(definition: dict) -> None:
	"""Writes the definition whatever is there, and remembers it."""
	doctype, name = definition["doctype"], definition["name"]
	new, at = normalised(doctype, definition), renames.called(doctype, name)
	write(doctype, at, {**definition, **own_workflow_stays_active(definition, at)})
	memory.as_shipped(doctype, name, current(doctype, at, new), new)


def write(doctype: str, name: str, values: dict, only: Iterable[str] | None = None) -> None:
	"""Sets the values (of `only` these fields) on the stored record, or inserts it."""
	made.ensure_linked(doctype, values)
	skipped = {*STANDARD, naming_field(doctype)}
	keys = [key for key in values if key not in skipped and (only is None or key in only)]
	if frappe.db.exists(doctype, name):
		doc = frappe.get_doc(doctype, name)
	else:
		doc = frappe.new_doc(doctype)
		doc.name = name
	for key in keys:
		df = doc.meta.get_field(key)
		if df and df.fieldtype in TABLES:
			_set_rows(doc, df, values[key])
		elif df:
			doc.set(key, values[key])
	_name_field(doc, name)
	if doc.is_new():
		doc.insert(ignore_permissions=True, set_name=name)  # installation and migration have no user
	else:
		doc.save(ignore_permissions=True)  # the same


def _name_field(doc, name: str) -> None:
	fieldname = naming_field(doc.doctype)
	if fieldname and doc.is_new():
		doc.set(fieldname, name)


def _set_rows(doc, df, rows: list[dict]) -> None:
	"""Rows that are there stay the same rows, so what was added to them (own fields) stays too."""
	stored, kept = list(doc.get(df.fieldname)), []
	for values in rows:
		values = {key: value for key, value in values.items() if key not in STANDARD}
		found = max(stored, key=lambda row, v=values: _alike(df.options, row, v), default=None)
		if found and _alike(df.options, found, values):
			stored.remove(found)
			found.update(values)
			kept.append(found)
		else:
			kept.append(values)
	doc.set(df.fieldname, [])
	for at, row in enumerate(kept, start=1):
		doc.append(df.fieldname, row).idx = at


def _alike(doctype: str, row, values: dict) -> int:
	stored, wanted = normalised(doctype, row.as_dict(), values), normalised(doctype, values, values)
	return sum(bool(value) and stored[key] == value for key, value in wanted.items())


def own_workflow_stays_active(definition: dict, name: str) -> dict:
	"""A site's own active workflow for the same DocType is not switched off by a shipped one."""
	return {"is_active": 0} if active_beside(definition, name) else {}


def active_beside(definition: dict, name: str) -> str | None:
	"""The other workflow that is active for the same DocType."""
	if definition["doctype"] != "Workflow":
		return None
	own = {"document_type": definition["document_type"], "is_active": 1, "name": ["!=", name]}
	return frappe.db.get_value("Workflow", own)
