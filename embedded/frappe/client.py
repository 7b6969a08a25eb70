"""The generic calls of the REST interface. Each one asks Document or get_list, so permissions hold."""

import frappe
from frappe import _
from frappe.model import table_fields
from frappe.utils import cint


@frappe.whitelist()
def get_list(
	doctype: str,
	fields=None,
	filters=None,
	group_by=None,
	order_by=None,
	limit_start=None,
	limit_page_length=20,
	parent=None,
	debug=False,
	as_dict=True,
	or_filters=None,
):
	for name, value in (("fields", fields), ("filters", filters), ("or_filters", or_filters)):
		if value is not None and not isinstance(value, str | list | dict):
			_refuse(None, name)
	return frappe.get_list(
		doctype,
		parent_doctype=parent,
		fields=_parsed(fields),
		filters=_parsed(filters),
		or_filters=_parsed(or_filters),
		group_by=group_by,
		order_by=order_by,
		limit_start=cint(limit_start),
		limit_page_length=cint(limit_page_length),
		as_list=not as_dict,
	)


@frappe.whitelist()
def get_count(doctype: str, filters=None, debug=False, cache=False):
	from frappe.desk.reportview import get_count

	return get_count(doctype, filters=_parsed(filters))


@frappe.whitelist()
def get(doctype: str, name=None, filters=None, parent=None):
	if not name and filters:
		name = next(iter(frappe.get_list(doctype, filters=_parsed(filters), pluck="name", limit=1)), None)
		if not name:
			frappe.throw(_("No document found for given filters"), frappe.DoesNotExistError)
	doc = frappe.get_doc(doctype, name) if name else frappe.get_doc(doctype)
	doc.check_permission("read")
	doc.apply_fieldlevel_read_permissions()
	return doc.as_dict()


@frappe.whitelist()
def get_value(
	doctype: str, fieldname: str | list | None, filters=None, as_dict=True, debug=False, parent=None
):
	"""One value, or a dict of several, of the first record that matches and that the user may read."""
	fields, filters = _parsed(fieldname), _parsed(filters)
	fields = [fields] if isinstance(fields, str) else list(fields or ["name"])
	if frappe.get_meta(doctype).issingle:
		doc = get(doctype)
		found = [{field: doc.get(field) for field in fields}]
	else:
		filters = {"name": filters} if isinstance(filters, str) else filters
		found = frappe.get_list(doctype, filters=filters, fields=fields, limit=1)
	if not found:
		return {} if as_dict else None
	values = [found[0].get(field) for field in fields]
	return found[0] if as_dict else values if len(values) > 1 else values[0]


@frappe.whitelist()
def get_single_value(doctype: str, field: str):
	return get(doctype).get(field)


@frappe.whitelist(methods=["POST", "PUT"])
def set_value(doctype: str, name: str | int, fieldname: str | dict, value=None):
	values = _parsed(fieldname)
	if not isinstance(values, dict):
		values = {fieldname: value}
	doc = change(frappe.get_doc(doctype, name), values)
	doc.save()
	return doc.as_dict()


@frappe.whitelist(methods=["POST", "PUT"])
def insert(doc: dict):
	return new(_doctype_of(doc), doc).insert().as_dict()


@frappe.whitelist(methods=["POST", "PUT"])
def save(doc: dict):
	doc = _posted(doc)
	doc.save()
	return doc.as_dict()


@frappe.whitelist(methods=["POST", "PUT"])
def submit(doc: dict):
	doc = _posted(doc)
	doc.submit()
	return doc.as_dict()


@frappe.whitelist(methods=["POST", "PUT"])
def cancel(doctype: str, name: str | int):
	doc = frappe.get_doc(doctype, name)
	doc.cancel()
	return doc.as_dict()


@frappe.whitelist(methods=["DELETE", "POST"])
def delete(doctype: str, name: str | int):
	frappe.delete_doc(doctype, name, ignore_missing=False)


@frappe.whitelist()
def validate_link(doctype: str, docname: str, fields=None):
	"""The record's name and the asked fields (for fetch_from); the name is None without such a record."""
	if not frappe.has_permission(doctype, "read") and not frappe.has_permission(doctype, "select"):
		frappe.throw(
			_("You do not have Read or Select Permissions for {}").format(doctype), frappe.PermissionError
		)
	if not frappe.get_list(doctype, filters={"name": docname}, pluck="name", limit=1):
		return {"name": None}  # also where the reader may not see it: whether it is there is not told
	fields = [field for field in _parsed(fields) or [] if field]
	if not fields:
		return {"name": docname}
	return frappe._dict(get_value(doctype, ["name", *fields], {"name": docname}) or {"name": docname})


CHILD = ("parent", "parenttype", "parentfield", "idx")


def change(doc, values: dict):
	"""A stored record with the posted values. Rights are asked for what is stored, before any change."""
	doc.check_permission("write")
	doc.update(known_values(doc, values))
	return doc


def new(doctype: str, values: dict):
	"""A record with its defaults and the posted values, not saved."""
	doc = frappe.new_doc(doctype)
	doc.update(known_values(doc, values, "name"))
	return doc


def known_values(doc, values: dict, *more: str) -> dict:
	"""The fields among the posted values, checked for their shape; anything else is ignored."""
	known = {"docstatus", "modified", *more, *(CHILD if doc.meta.istable else ())}
	out = {}
	for key, value in values.items():
		df = doc.meta.get_field(key)
		if df and df.fieldtype in table_fields:
			out[key] = _rows(df, value, {row.name for row in doc.get(key) or []})
		elif df or key in known:
			out[key] = _plain(df, key, value)
	return out


def _rows(df, rows, stored: set) -> list[dict]:
	"""Rows of a table. Only a row of this very record keeps its name: none is taken from another."""
	template, out = frappe.new_doc(df.options), []
	for row in rows or []:
		if not isinstance(rows, list) or not isinstance(row, dict):
			_refuse(df, df.fieldname)
		values = known_values(template, row, "name")
		if values.get("name") not in stored:
			values.pop("name", None)
		out.append({key: value for key, value in values.items() if key not in CHILD})
	return out


def _plain(df, key: str, value):
	if isinstance(value, dict | list) and not (df and df.fieldtype == "JSON"):
		_refuse(df, key)
	return value


def _refuse(df, key):
	label = _(df.label) if df and df.label else key
	frappe.throw(_("{0} has the wrong form").format(label), frappe.DataError)


def _posted(values: dict):
	doctype, name = _doctype_of(values), values.get("name")
	if not name or not frappe.db.exists(doctype, name):
		return new(doctype, values)
	return change(frappe.get_doc(doctype, name), values)


def _doctype_of(values: dict) -> str:
	if not isinstance(values.get("doctype"), str):
		frappe.throw(_("Missing argument: {0}").format("doctype"), frappe.FrappeTypeError)
	return values["doctype"]


def _parsed(value):
	return frappe.parse_json(value) if isinstance(value, str) and value[:1] in '[{"' else value
