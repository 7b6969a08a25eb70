"""What a form shows: fields in tabs, sections and columns, each with what this user may do to it."""

import frappe
from frappe import _
from frappe.utils.html_utils import clean_for_page

BREAKS = frozenset({"Tab Break", "Section Break", "Column Break"})
TABLES = frozenset({"Table", "Table MultiSelect"})
NO_VALUE = BREAKS | {"HTML", "Button", "Heading", "Image", "Fold"}
HTML_TYPES = frozenset({"Text Editor", "HTML Editor", "Markdown Editor"})
PASSED_ON = (
	"fieldname fieldtype options reqd depends_on mandatory_depends_on read_only_depends_on fetch_from "
	"fetch_if_empty precision non_negative length allow_on_submit in_list_view columns "
	"link_filters is_virtual"
).split()


class Access:
	"""The levels of a DocType that the user reads and writes, and whether this record is open for changes."""

	def __init__(self, doc, locked: bool = False):
		self.doc = doc
		self.is_new = doc.is_new()
		self.read_levels = self._levels(doc.meta, "read")
		self.write_levels = self._levels(doc.meta, "write")
		self.locked = locked

	@staticmethod
	def _levels(meta, permission: str) -> set[int] | None:
		"""None stands for every level."""
		if frappe.session.user == "Administrator":
			return None
		return set(meta.get_permlevel_access(permission)) | ({0} if permission == "read" else set())

	def can_read(self, df) -> bool:
		return self.read_levels is None or (df.permlevel or 0) in self.read_levels

	def read_only(self, df) -> bool:
		if self.locked or df.read_only or df.fieldtype == "Read Only" or df.get("is_virtual"):
			return True
		if self.doc.docstatus == 2 or (self.doc.docstatus == 1 and not df.allow_on_submit):
			return True
		if (
			df.get("set_only_once")
			and not self.is_new
			and self.doc.meta.name == df.parent
			and self.doc.get(df.fieldname)
		):
			return True
		level = df.permlevel or 0
		return self.write_levels is not None and level > 0 and level not in self.write_levels


def field(df, access: Access) -> dict:
	"""One field as the page's script gets it."""
	view = {key: df.get(key) for key in PASSED_ON if df.get(key)}
	view["label"] = _(df.label or "")
	view["ro"] = access.read_only(df)
	view["hidden"] = bool(df.hidden)
	if df.description:
		view["description"] = clean_for_page(_(df.description))
	if df.fieldtype == "Select":
		values = (df.options or "").split("\n")
		view["choices"] = [[value, _(value, context=df.get("parent"))] for value in values]
	if df.fieldtype == "Autocomplete":
		names = (df.options or "").split("\n")
		view["choices"] = [[name, _(name.replace("_", " ").title())] for name in names]
	if df.fieldtype == "HTML":
		view["options"] = df.options or ""
	if df.fieldtype in TABLES:
		view |= child_table(df, access)
	return view


def child_table(df, access: Access) -> dict:
	meta = frappe.get_meta(df.options)
	fields = [
		field(child, access)
		for child in meta.fields
		if child.fieldtype not in NO_VALUE and access.can_read(child)
	]
	if locked := access.read_only(df):
		fields = [item | {"ro": True} for item in fields]
	visible = [item for item in fields if not item["hidden"]]
	columns = [item["fieldname"] for item in visible if item.get("in_list_view")]
	return {
		"ro": locked,
		"cannot_add": bool(df.cannot_add_rows),
		"cannot_delete": bool(df.cannot_delete_rows),
		"fields": fields,
		"grid": columns or [item["fieldname"] for item in visible[:4]],
		"defaults": {child.fieldname: child.default for child in meta.fields if child.default},
	}


def fields(meta, access: Access) -> dict[str, dict]:
	"""Every field that may be read, hidden ones too (conditions refer to them)."""
	return {
		df.fieldname: field(df, access)
		for df in meta.fields
		if df.fieldtype not in BREAKS and access.can_read(df)
	}


def layout(meta, access: Access) -> list[dict]:
	"""Tabs of sections of columns of field names; what stays empty is left out."""
	tabs = [_tab(None)]
	for df in meta.fields:
		if df.fieldtype == "Tab Break":
			tabs.append(_tab(df))
		elif df.fieldtype == "Section Break":
			tabs[-1]["sections"].append(_section(df))
		elif df.fieldtype == "Column Break":
			tabs[-1]["sections"][-1]["columns"].append({"label": _(df.label or ""), "fields": []})
		elif not df.hidden and access.can_read(df):
			tabs[-1]["sections"][-1]["columns"][-1]["fields"].append(df.fieldname)
	for tab in tabs:
		tab["sections"] = [section for section in tab["sections"] if _keep_filled(section)]
	return [tab for tab in tabs if tab["sections"]]


def _tab(df) -> dict:
	break_or_none = df or frappe._dict()
	return {
		"name": break_or_none.fieldname or "__details",
		"label": _(break_or_none.label or "Details"),
		"depends_on": break_or_none.depends_on or "",
		"hidden": bool(break_or_none.hidden),
		"sections": [_section(None)],
	}


def _section(df) -> dict:
	df = df or frappe._dict()
	return {
		"name": df.fieldname or "",
		"label": _(df.label or ""),
		"description": clean_for_page(_(df.description or "")),
		"collapsible": bool(df.collapsible),
		"collapsible_depends_on": df.collapsible_depends_on or "",
		"depends_on": df.depends_on or "",
		"hidden": bool(df.hidden),
		"columns": [{"label": "", "fields": []}],
	}


def _keep_filled(section: dict) -> bool:
	section["columns"] = [column for column in section["columns"] if column["fields"]]
	return bool(section["columns"]) and not section["hidden"]


def values(doc, access: Access) -> dict:
	"""The record as plain values: no field above the user's level, no password, HTML cleaned."""
	doc.apply_fieldlevel_read_permissions()
	plain = frappe.parse_json(frappe.as_json(doc.as_dict()))
	for meta, row in [(doc.meta, plain), *_rows(doc.meta, plain)]:
		for df in meta.fields:
			if df.fieldtype in HTML_TYPES:
				row[df.fieldname] = clean_for_page(row.get(df.fieldname))
			elif df.fieldtype == "Password" and row.get(df.fieldname):
				row[df.fieldname] = "*" * 8
	return plain


def _rows(meta, plain: dict):
	for df in meta.get_table_fields():
		yield from ((frappe.get_meta(df.options), row) for row in plain.get(df.fieldname) or [])


def meta_or_none(doctype: str):
	"""The meta of a DocType that may be absent here: ERPNext's, or whatever a Dynamic Link says."""
	try:
		return frappe.get_meta(doctype)
	except frappe.DoesNotExistError:
		frappe.clear_last_message()
		return None


def link_titles(doc, plain: dict) -> dict[str, str]:
	"""`DocType::name` -> title of the linked records that show one: one query per linked DocType."""
	wanted = {}
	for meta, row in [(doc.meta, plain), *_rows(doc.meta, plain)]:
		for df in meta.fields:
			target = (
				df.options
				if df.fieldtype == "Link"
				else row.get(df.options)
				if df.fieldtype == "Dynamic Link"
				else None
			)
			if target and row.get(df.fieldname):
				wanted.setdefault(target, set()).add(row[df.fieldname])
	titles = {}
	for doctype, names in wanted.items():
		meta = meta_or_none(doctype)
		if meta and meta.title_field and meta.get("show_title_field_in_link") and not meta.issingle:
			fields = ["name", meta.title_field]
			rows = frappe.get_all(
				doctype, filters={"name": ["in", sorted(names)]}, fields=fields, limit_page_length=0
			)
			titles |= {
				f"{doctype}::{row.name}": row[meta.title_field] for row in rows if row[meta.title_field]
			}
	return titles
