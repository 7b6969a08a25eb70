"""Taking a whole import back: what it inserted goes, what it updated gets its old values, or nothing happens.

First everything is looked at; where something was built on a record since, the import stays and the list of
those records is told. Then it is taken back step by step; after a kill the next start goes on.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import now_datetime

from crm_app.crm_platform.importer import derived
from crm_app.crm_platform.importer.bulk import BulkTable
from crm_app.crm_platform.importer.domain.mapping import TRANSACTIONS
from crm_app.crm_platform.importer.domain.staging import batched
from crm_app.crm_platform.operation_log import log
from crm_app.utils import by_rule

STEP = 100
LOOKED_UP = 500
MOST_LINKS = 2_000
TOLD = 30  # obstacles that are listed
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
NOTES = ("Comment", "Version", "File", "ToDo", "CRM Import Row", "CRM Import", "CRM Operation Log")


@dataclass(frozen=True)
class Link:
	"""A field that may point at an imported record; `kind` is the type field of a Dynamic Link."""

	doctype: str
	field: str
	is_row: bool
	kind: str = ""


def undo(name: str) -> None:
	"""Background job or command. Throws with the list of what was built on the import."""
	record = frappe.get_doc("CRM Import", name)
	if record.import_type == TRANSACTIONS:
		_note_sales(record)
	if obstacles := list(_obstacles(record)):
		frappe.db.set_value("CRM Import", name, {"undo_status": "Refused", "message": _told(obstacles)})
		frappe.db.commit()
		frappe.throw(_told(obstacles), title=_("The import cannot be undone"))
	_take_back(record)
	values = {"undo_status": "Undone", "status": "Undone", "message": "", "finished_on": now_datetime()}
	frappe.db.set_value("CRM Import", name, values)
	log("Undo of Import", name, _("{0} was taken back").format(record.file_name or name))
	frappe.db.commit()


def _told(obstacles: list[str]) -> str:
	more = _("and {0} more").format(len(obstacles) - TOLD) if len(obstacles) > TOLD else ""
	lines = "\n".join(filter(None, [*obstacles[:TOLD], more]))
	return _("Something was built on this import, so it stays:") + "\n" + lines


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


def _obstacles(record) -> Iterator[str]:
	for rows in logged(record.name):
		for doctype in {row.document_type for row in rows}:
			mine = [row for row in rows if row.document_type == doctype]
			yield from _changed(doctype, mine)
			yield from _linked(record, doctype, [row.docname for row in mine if row.action == "Inserted"])


def _changed(doctype: str, rows: list) -> Iterator[str]:
	ruled = by_rule.FIELDS if frappe.get_meta(doctype).has_field("ruled_on") else ()
	found = frappe.get_all(
		doctype,
		filters={"name": ["in", [row.docname for row in rows]]},
		fields=["name", "modified", "modified_by", *ruled],
		limit_page_length=0,
	)
	now = {str(row.name): row for row in found}
	for row in rows:
		there = now.get(row.docname)
		if there is None and row.action == "Updated":
			yield _("{0} {1} was deleted since").format(_(doctype), row.docname)
		elif there and by_rule.last_edit(there) != row.stamp:
			yield _("{0} {1} was changed by {2} on {3}").format(
				_(doctype), row.docname, there.modified_by, str(there.modified)[:16]
			)


def _linked(record, doctype: str, names: list[str]) -> Iterator[str]:
	"""Records that point at inserted ones, except those that this import inserted as well."""
	if not names:
		return
	for link in links_to(doctype):
		fields = ["name", link.field, *(["parent", "parenttype"] if link.is_row else [])]
		only = derived.made_by_people(doctype, link.doctype)
		if only is None:
			continue
		kind = {link.kind: doctype} if link.kind else {}
		found = frappe.get_all(
			link.doctype,
			filters={link.field: ["in", names], **kind, **only},
			fields=fields,
			limit_page_length=MOST_LINKS,
		)
		own = _own(record, link, found)
		for row in found:
			at = (row.parenttype, row.parent) if link.is_row else (link.doctype, row.name)
			if at not in own and at != (doctype, row[link.field]):
				yield _("{0} {1} refers to {2}").format(_(at[0]), at[1], row[link.field])


def _own(record, link: Link, found: list) -> set[tuple[str, str]]:
	names = [row.parent if link.is_row else str(row.name) for row in found]
	if not names:
		return set()
	rows = frappe.get_all(
		"CRM Import Row",
		filters={"crm_import": record.name, "docname": ["in", names], "action": "Inserted"},
		fields=["document_type", "docname"],
		limit_page_length=0,
	)
	return {(row.document_type, row.docname) for row in rows}


def links_to(doctype: str) -> list[Link]:
	"""Every field of the site that can point at a record of `doctype`, custom fields included."""
	found = []
	for name in frappe.get_all("DocType", filters={"issingle": 0}, pluck="name"):
		meta = frappe.get_meta(name)
		if name in NOTES or meta.get("is_virtual"):
			continue
		found += [
			Link(name, df.fieldname, bool(meta.istable))
			for df in meta.get_link_fields()
			if df.options == doctype and not df.get("is_virtual")
		]
		found += [
			Link(name, df.fieldname, bool(meta.istable), df.options) for df in meta.get_dynamic_link_fields()
		]
	return found


def _take_back(record) -> None:
	for action in ("Updated", "Inserted"):
		for rows in logged(record.name, action=action):
			for batch in batched(rows, STEP):  # newest first: what hangs on an earlier row goes before it
				for row in batch:
					_restore(row) if action == "Updated" else _remove(row)
				done = [row.name for row in batch]
				frappe.db.delete("CRM Import Row", {"name": ["in", done]})
				frappe.db.commit()


def _remove(row) -> None:
	if not frappe.db.exists(row.document_type, row.docname):
		return
	doc = frappe.get_doc(row.document_type, row.docname)
	doc.flags.ignore_permissions = True  # who may import may take the import back
	if doc.docstatus == 1:
		doc.cancel()
	derived.forget(row.document_type, row.docname)
	frappe.delete_doc(row.document_type, row.docname, ignore_permissions=True)


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
