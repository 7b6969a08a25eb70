"""What holds an import fast: its records as people changed them, built on them or wrote about them since.

Looked up for hundreds of CRM Import Row at a time, never one by one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import frappe
from frappe import _

from crm_app.crm_platform.importer import derived
from crm_app.utils import by_rule
from crm_app.utils.rules import _ as marked

MOST_LINKS = 2_000
# Told by `people_work`, or no reason at all.
NOTES = (
	"Comment",
	"Communication",
	"Version",
	"File",
	"ToDo",
	"CRM Import Row",
	"CRM Import",
	"CRM Operation Log",
)


@dataclass(frozen=True)
class Link:
	"""A field that may point at an imported record; `kind` is the type field of a Dynamic Link."""

	doctype: str
	field: str
	is_row: bool
	kind: str = ""


@dataclass(frozen=True)
class Work:
	"""What people leave at a record. `kind`, `at`: fields that name it; `only`: filters of what is theirs."""

	doctype: str
	kind: str
	at: str
	only: dict
	shown: str
	told: str


WORK = (
	Work(
		"Comment",
		"reference_doctype",
		"reference_name",
		{"comment_type": "Comment"},
		"owner",
		marked("{0} {1} has a comment by {2}"),
	),
	Work(
		"File",
		"attached_to_doctype",
		"attached_to_name",
		{},
		"file_name",
		marked("{0} {1} has the attached file {2}"),
	),
	Work(
		"ToDo",
		"reference_type",
		"reference_name",
		{"status": "Open", "assignment_rule": ["is", "not set"]},
		"allocated_to",
		marked("{0} {1} has an open task of {2}"),
	),
	Work(
		"Communication",
		"reference_doctype",
		"reference_name",
		{"communication_type": "Communication"},
		"subject",
		marked("{0} {1} has the message {2}"),
	),
)


def obstacles(record, rows: list) -> Iterator[str]:
	"""A line for each reason why `rows`, CRM Import Rows of import `record`, cannot be taken back."""
	for doctype in dict.fromkeys(row.document_type for row in rows):
		mine = [row for row in rows if row.document_type == doctype]
		inserted = [row.docname for row in mine if row.action == "Inserted"]
		yield from _changed(doctype, mine)
		yield from linked(doctype, inserted, lambda link, found: _own(record, link, found))
		yield from people_work(doctype, inserted)


def people_work(doctype: str, names: list[str]) -> Iterator[str]:
	"""Comments, files, open tasks and messages at records that would go; rules and imports leave none."""
	for work in WORK:
		only = derived.made_by_people(doctype, work.doctype)
		if not names or only is None or not frappe.db.exists("DocType", work.doctype):
			continue
		found = frappe.get_all(
			work.doctype,
			filters={work.kind: doctype, work.at: ["in", names], **work.only, **only},
			fields=[work.at, work.shown],
			order_by=f"{work.at} asc, creation asc",
			limit_page_length=MOST_LINKS,
		)
		for row in found:
			yield _(work.told).format(_(doctype), row[work.at], row[work.shown] or "–")


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


def linked(doctype: str, names: list[str], own_of: Callable[[Link, list], set]) -> Iterator[str]:
	"""Records that point at `names`, except the (DocType, name) pairs that `own_of` finds among them."""
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
		own = own_of(link, found)
		for row in found:
			at = (row.parenttype, row.parent) if link.is_row else (link.doctype, row.name)
			if at not in own and at != (doctype, row[link.field]):
				yield _("{0} {1} refers to {2}").format(_(at[0]), at[1], row[link.field])


def _own(record, link: Link, found: list) -> set[tuple[str, str]]:
	"""Those that this import wrote as well."""
	names = [row.parent if link.is_row else str(row.name) for row in found]
	if not names:
		return set()
	rows = frappe.get_all(
		"CRM Import Row",
		filters={"crm_import": record.name, "docname": ["in", names]},
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
