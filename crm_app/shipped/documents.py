"""Records that the app ships: written where they are missing for the first time, updated while untouched."""

from collections.abc import Iterable

import frappe
from frappe.utils import strip_html

from crm_app.shipped import made, memory
from crm_app.shipped.domain.three_way import ADOPT, INSERT, KEEP, STAY_DELETED, UPDATE, decide
from crm_app.shipped.normal import STANDARD, TABLES, current, normalised

OUTCOMES = {INSERT: "inserted", UPDATE: "updated", ADOPT: "unchanged", KEEP: "kept", STAY_DELETED: "deleted"}


def sync(definition: dict) -> str:
	"""One definition (a document's dict with `doctype` and `name`); says what was done."""
	doctype, name = definition["doctype"], definition["name"]
	new = normalised(doctype, definition)
	now, known = current(doctype, name, new), memory.recall(doctype, name)
	shipped = memory.plain(known.shipped_definition) if known else None
	step = decide(now, shipped, known.shipped_hash if known else "", new, bool(known))
	if step in (INSERT, UPDATE):
		return _try_to_write(definition, new, now, OUTCOMES[step])
	if step == ADOPT:
		memory.as_shipped(doctype, name, now, new)
	else:
		memory.differs(doctype, name, memory.EDITED if step == KEEP else memory.DELETED, now, new)
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
	new = normalised(doctype, definition)
	write(doctype, name, {**definition, **_own_workflow_stays_active(definition)})
	memory.as_shipped(doctype, name, current(doctype, name, new), new)


def write(doctype: str, name: str, values: dict, only: Iterable[str] | None = None) -> None:
	"""Sets the values (of `only` these fields) on the stored record, or inserts it."""
	made.ensure_linked(doctype, values)
	keys = [key for key in values if key not in STANDARD and (only is None or key in only)]
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
	fieldname = (doc.meta.autoname or "").partition("field:")[2]
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


def _own_workflow_stays_active(definition: dict) -> dict:
	"""A site's own active workflow for the same DocType is not switched off by a shipped one."""
	if definition["doctype"] != "Workflow":
		return {}
	own = {"document_type": definition["document_type"], "is_active": 1, "name": ["!=", definition["name"]]}
	return {"is_active": 0} if frappe.db.exists("Workflow", own) else {}
