"""Which fields of a DocType a file may fill, for this user, and what people call them."""

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.model import no_value_fields, table_fields
from frappe.utils import cint

from crm_app.crm_platform.importer.domain.columns import FieldChoice, Target, parse_target
from crm_app.crm_platform.importer.domain.errors import FileRefused
from crm_app.utils.rules import _ as marked

LANGUAGES = ("zh",)
NEVER = ("docstatus", "amended_from", "workflow_state", "import_batch", "external_key", "naming_series")
UNREADABLE = (
	"Attach",
	"Attach Image",
	"Signature",
	"Geolocation",
	"Password",
	"JSON",
	"HTML",
	"Button",
	"Code",
)


@dataclass(frozen=True)
class Place:
	"""A target with the DocField behind it; `table` is the DocField of its child table."""

	target: Target
	df: object
	table: object = None


def importable_doctypes() -> list[str]:
	"""DocTypes of the CRM, and an administrator's own, that this user may write by hand."""
	modules = frappe.get_all("Module Def", filters={"app_name": "crm_app"}, pluck="name")
	ours = frappe.get_all("DocType", filters={"module": ["in", modules]}, pluck="name")
	custom = frappe.get_all("DocType", filters={"custom": 1}, pluck="name")
	return [name for name in sorted({*ours, *custom}) if may_import(name)]


def may_import(doctype: str) -> bool:
	meta = frappe.get_meta(doctype)
	if meta.istable or meta.issingle or meta.in_create or doctype.startswith("CRM Import"):
		return False
	return any(frappe.has_permission(doctype, right) for right in ("create", "write"))


def check_importable(doctype: str | None) -> None:
	"""Throws for what no file may write: settings, ledgers, rows of a record, other apps' records."""
	if not doctype or not frappe.db.exists("DocType", doctype):
		frappe.throw(_("Document Type: choose what the file holds"), frappe.MandatoryError, title=_("Import"))
	if doctype not in importable_doctypes():
		message = _("Document Type: {0} cannot be imported by you").format(_(doctype))
		frappe.throw(message, frappe.PermissionError, title=_("Import"))


def choices(doctype: str) -> list[FieldChoice]:
	"""Plain fields first, then those of child tables, in the order of the form."""
	meta = frappe.get_meta(doctype)
	own = writable_fields(meta)
	# "ID" is the id outside where records have one, see sheet.propose.
	has_outside_id = any(df.fieldname == "external_id" for df in own)
	found = [_choice(df) for df in own]
	found.append(FieldChoice("name", ("name of the record",) if has_outside_id else tuple(words("ID"))))
	for table in writable_tables(meta):
		names = (table.fieldname, *words(table.label))
		child = frappe.get_meta(table.options)
		if table.fieldtype == "Table MultiSelect":
			found.append(FieldChoice(table.fieldname, tuple(words(table.label))))
			continue
		found += [_choice(df, table.fieldname, names) for df in writable_fields(child, meta)]
	return found


def _choice(df, table: str = "", tables: tuple[str, ...] = ()) -> FieldChoice:
	target = f"{table}.{df.fieldname}" if table else df.fieldname
	required = bool(df.reqd and not df.default and not table)
	return FieldChoice(target, tuple(words(df.label)), tables, required)


def words(label: str | None) -> list[str]:
	"""The label, and what it is called in the reader's and the shipped languages."""
	languages = dict.fromkeys((None, *LANGUAGES))
	return list(dict.fromkeys([label or "", *(_(label or "", lang) for lang in languages)]))


def writable_fields(meta, owner=None) -> list:
	"""Fields with a value of their own that this user may write; `owner` is a child table's parent."""
	levels = write_levels(owner or meta)
	return [
		df
		for df in meta.fields
		if df.fieldtype not in (*no_value_fields, *table_fields, *UNREADABLE)
		and df.fieldname not in NEVER
		and not df.read_only
		and not df.hidden
		and not df.get("is_virtual")
		and (levels is None or cint(df.permlevel) in levels)
	]


def writable_tables(meta) -> list:
	levels = write_levels(meta)
	return [
		df
		for df in meta.get_table_fields()
		if not df.read_only and not df.hidden and (levels is None or cint(df.permlevel) in levels)
	]


def write_levels(meta) -> set[int] | None:
	"""None: all of them."""
	if frappe.session.user == "Administrator":
		return None
	return {0, *meta.get_permlevel_access("write")}


def place(doctype: str, text: str) -> Place:
	"""The field that `text` (`field`, `table.field`, `table#2.field`) names. Raises FileRefused."""
	target, meta = parse_target(text), frappe.get_meta(doctype)
	if text == "name":
		return Place(target, frappe._dict(fieldname="name", fieldtype="Data", label="ID"))
	fields = {df.fieldname: df for df in (*writable_fields(meta), *_multiselects(meta))}
	if not target.table and target.field in fields:
		return Place(target, fields[target.field])
	table = next((df for df in writable_tables(meta) if df.fieldname == target.table), None)
	if table:
		rows = {df.fieldname: df for df in writable_fields(frappe.get_meta(table.options), meta)}
		if target.field in rows:
			return Place(target, rows[target.field], table)
	raise FileRefused(marked("{0} has no field {1} that you may import into"), frappe._(doctype), text)


def _multiselects(meta) -> list:
	return [df for df in writable_tables(meta) if df.fieldtype == "Table MultiSelect"]


def shown(doctype: str, text: str) -> str:
	"""A target in the reader's words: "Contacts 2: Name"."""
	try:
		found = place(doctype, text)
	except FileRefused:
		return text
	label = _(found.df.label or found.df.fieldname)
	if not found.table:
		return label
	number = f" {found.target.number}" if found.target.number else ""
	return f"{_(found.table.label)}{number}: {label}"
