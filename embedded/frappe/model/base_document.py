"""A row as an object: fields, child rows, and writing it to its table."""

import importlib
import json

import frappe
from frappe.model import (
	child_table_fields,
	default_fields,
	float_like_fields,
	no_value_fields,
	table_fields,
)
from frappe.model.docstatus import DocStatus
from frappe.model.validation import FieldChecks
from frappe.types import _dict

RESERVED = frozenset(("flags", "meta", "_meta", "_table_fields"))


def get_controller(doctype: str):
	"""The class of a DocType: an override from hooks, the module's class, else plain Document."""
	controllers = frappe.cache.controllers
	if doctype not in controllers:
		controllers[doctype] = import_controller(doctype)
	return controllers[doctype]


def import_controller(doctype: str):
	from frappe.model.document import Document

	meta = frappe.get_meta(doctype)
	if override := frappe.get_hooks("override_doctype_class", {}).get(doctype):
		return frappe.get_attr(override[-1])
	if meta.custom:
		return Document
	if meta.module == "Core":
		from frappe.core import core_controller

		return core_controller(doctype) or Document
	name = frappe.scrub(doctype)
	from frappe.app_hooks import module_package

	path = f"{module_package(meta.module)}.doctype.{name}.{name}"
	try:
		module = importlib.import_module(path)
	except ModuleNotFoundError as error:
		if error.name and path.startswith(error.name):
			return Document
		raise
	return getattr(module, doctype.replace(" ", "").replace("-", ""), Document)


class BaseDocument(FieldChecks):
	ignore_in_setter = RESERVED

	def __init__(self, values):
		if values.get("doctype"):
			self.doctype = values["doctype"]
		self.__dict__["_table_fields"] = [field.fieldname for field in self.meta.get_table_fields(True)]
		self.__dict__.setdefault("name", None)
		self.update(values)
		self.__dict__.setdefault("flags", _dict())
		self._set_missing()

	def _set_missing(self):
		values = self.__dict__
		for name in self._table_fields:
			if values.get(name) is None:
				values[name] = []
		for name in (*default_fields, *child_table_fields):
			if name == "docstatus":
				values[name] = DocStatus(frappe.utils.cint(values.get(name)))
			elif name == "idx" and not self.meta.istable:
				values[name] = values.get(name) or 0
			elif name not in values and (name not in child_table_fields or self.meta.istable):
				values[name] = None
		for name in self.meta.get_valid_columns():
			values.setdefault(name, None)

	@property
	def meta(self):
		meta = self.__dict__.get("_meta")
		if meta is None or frappe.cache.metas.get(self.doctype) is not meta:
			meta = self.__dict__["_meta"] = frappe.get_meta(self.doctype)
		return meta

	# -- values

	def update(self, d):
		for key in ("name", "doctype"):
			if key in d:
				self.__dict__[key] = d[key]
		for key, value in d.items():
			self.set(key, value)
		return self

	def update_if_missing(self, d):
		for key, value in (d.as_dict() if isinstance(d, BaseDocument) else d).items():
			if value is not None and key not in ("doctype", "name") and self.get(key) in (None, []):
				if not isinstance(value, list):
					self.set(key, value)

	def get(self, key, filters=None, limit=None, default=None):
		"""A value, or the rows of a child table that match the filters."""
		if isinstance(key, dict):
			from frappe.model.meta import _matches

			rows = [row for name in self._table_fields for row in self.get(name)]
			return [row for row in rows if _matches(row, key)][:limit]
		if isinstance(filters, dict):
			from frappe.model.meta import _matches

			return [row for row in self.__dict__.get(key) or [] if _matches(row, filters)][:limit]
		if filters is not None:
			default = filters
		value = self.__dict__.get(key, default)
		if value is None and key not in self.__dict__ and self._is_virtual(key):
			return getattr(self, key, default)
		return value[:limit] if limit and isinstance(value, list) else value

	def _is_virtual(self, key) -> bool:
		field = self.meta.get_field(key)
		return bool(field and field.is_virtual)

	def set(self, key, value, as_value: bool = False):
		if key in RESERVED:
			return
		if not as_value and key in self.__dict__.get("_table_fields", ()):
			self.__dict__[key] = []
			self.extend(key, value or [])
			return
		if key == "docstatus":
			value = DocStatus(frappe.utils.cint(value))
		if isinstance(getattr(type(self), key, None), property):
			if getattr(type(self), key).fset:
				setattr(self, key, value)
			return
		self.__dict__[key] = value

	def delete_key(self, key):
		self.__dict__.pop(key, None)

	def append(self, key, value=None, position: int = -1):
		"""Add a child row and return it."""
		rows = self.__dict__.setdefault(key, [])
		row = self._init_child({} if value is None else value, key)
		if position == -1:
			rows.append(row)
		else:
			rows.insert(position, row)
		for index, each in enumerate(rows, start=1):
			if each.idx != index:
				each.idx = index
		return row

	def extend(self, key, value):
		for row in value:
			self.append(key, row)

	def remove(self, row):
		rows = self.get(row.parentfield)
		if row in rows:
			rows.remove(row)
			for index, each in enumerate(rows, start=1):
				each.idx = index

	def _init_child(self, value, key):
		field = self.meta.get_field(key)
		doctype = field.options if field else None
		if not doctype:
			raise AttributeError(f"{self.doctype} has no child table {key}")
		if isinstance(value, BaseDocument):
			row = value
		else:
			row = get_controller(doctype)({**value, "doctype": doctype})
		row.parent = self.name
		row.parenttype = self.doctype
		row.parentfield = key
		row.__dict__["parent_doc"] = self
		row.idx = row.idx or len(self.__dict__.get(key) or []) + 1
		if not row.name:
			row.__dict__["__islocal"] = 1
		return row

	def is_new(self) -> bool:
		return bool(self.get("__islocal"))

	def get_parent_doc(self):
		return self.__dict__.get("parent_doc")

	def get_all_children(self, parenttype=None) -> list:
		return [
			row
			for field in self.meta.get_table_fields()
			if not parenttype or field.options == parenttype
			for row in self.get(field.fieldname)
		]

	# -- as data

	def get_valid_dict(
		self, sanitize=True, convert_dates_to_str=False, ignore_nulls=False, ignore_virtual=False
	) -> _dict:
		"""The columns as they are stored."""
		out = _dict()
		for name in self.meta.get_valid_columns():
			value = self._stored(name, self.__dict__.get(name))
			if ignore_nulls and value is None:
				continue
			if convert_dates_to_str and hasattr(value, "isoformat"):
				value = str(value)
			out[name] = value
		return out

	def _stored(self, name: str, value):
		field = self.meta.get_field(name)
		if field is None:
			return int(value or 0) if name in ("docstatus", "idx") else value
		kind = field.fieldtype
		if kind == "Check":
			return 1 if frappe.utils.cint(value) else 0
		if kind in ("Int", "Long Int"):
			return frappe.utils.cint(value)
		if kind in float_like_fields:
			return frappe.utils.flt(value)
		if value == "" and (field.unique or kind in ("Date", "Datetime", "Time")):
			return None
		if kind == "Date" and isinstance(value, str):
			return frappe.utils.getdate(value)
		if kind == "Datetime" and isinstance(value, str):
			return frappe.utils.get_datetime(value)
		if kind == "Time" and isinstance(value, str):
			return frappe.utils.to_timedelta(value)
		if kind == "JSON" and isinstance(value, dict | list):
			return json.dumps(value, sort_keys=True, indent=4)
		if isinstance(value, list | dict | tuple):
			frappe.throw(frappe._("Value for {0} cannot be a list").format(frappe._(field.label or name)))
		return value

	def as_dict(
		self,
		no_nulls=False,
		no_default_fields=False,
		convert_dates_to_str=False,
		no_child_table_fields=False,
		no_private_properties=False,
	) -> _dict:
		"""Everything, with child rows as dicts."""
		doc = _dict()
		columns = [*self.meta.get_valid_columns()]
		for name in columns:
			value = self.__dict__.get(name)
			doc[name] = str(value) if convert_dates_to_str and hasattr(value, "isoformat") else value
		doc["docstatus"] = int(self.docstatus or 0)
		doc["doctype"] = self.doctype
		for field in self.meta.get_table_fields(include_computed=True):
			doc[field.fieldname] = [
				row.as_dict(no_nulls, no_default_fields, convert_dates_to_str)
				for row in self.get(field.fieldname)
			]
		for field in self.meta.fields:
			if field.is_virtual and field.fieldtype not in (*no_value_fields, *table_fields):
				doc[field.fieldname] = getattr(self, field.fieldname, None)
		for key in ("__islocal", "__onload", "__unsaved"):
			if self.get(key):
				doc[key] = self.get(key)
		if no_nulls:
			doc = _dict((key, value) for key, value in doc.items() if value is not None)
		if no_default_fields:
			doc = _dict((key, value) for key, value in doc.items() if key not in default_fields)
		return doc

	def as_json(self) -> str:
		return frappe.as_json(self.as_dict())

	# -- writing

	def db_insert(self, ignore_if_duplicate: bool = False):
		"""INSERT this row; a clash on a unique column says which."""
		if not self.name:
			from frappe.model.naming import set_new_name

			set_new_name(self)
		if not self.creation:
			self.creation = self.modified = frappe.utils.now()
			self.owner = self.modified_by = frappe.session.user
		values = self.get_valid_dict()
		columns = ", ".join(f"`{name}`" for name in values)
		marks = ", ".join(["%s"] * len(values))
		try:
			frappe.db.sql(
				f"INSERT INTO `tab{self.doctype}` ({columns}) VALUES ({marks})", list(values.values())
			)
		except frappe.db.DuplicateError as error:
			if frappe.db.is_primary_key_violation(error) or frappe.db.exists(self.doctype, self.name):
				return self._name_is_taken(error, ignore_if_duplicate)
			self._unique_clash(error)
		self.__dict__.pop("__islocal", None)

	def _name_is_taken(self, error, ignore_if_duplicate: bool):
		if ignore_if_duplicate:
			return
		if self.meta.autoname == "hash":
			raise error
		frappe.msgprint(
			frappe._("{0} {1} already exists").format(frappe._(self.doctype), frappe.bold(self.name)),
			title=frappe._("Duplicate Name"),
			indicator="red",
		)
		raise frappe.DuplicateEntryError(self.doctype, self.name, error)

	def _unique_clash(self, error):
		if not frappe.db.is_duplicate_entry(error):
			raise error
		label = None
		text = str(error)
		for field in self.meta.fields:
			if field.unique and (f".{field.fieldname}" in text or f"'{field.fieldname}'" in text):
				label = field.label or field.fieldname
		if label:
			frappe.throw(frappe._("{0} must be unique").format(frappe._(label)), frappe.UniqueValidationError)
		raise frappe.UniqueValidationError(self.doctype, self.name, error)

	def db_update(self):
		"""UPDATE this row."""
		if self.is_new() or not self.name:
			return self.db_insert()
		values = self.get_valid_dict()
		name = values.pop("name")
		assignments = ", ".join(f"`{column}` = %s" for column in values)
		try:
			frappe.db.sql(
				f"UPDATE `tab{self.doctype}` SET {assignments} WHERE `name` = %s", [*values.values(), name]
			)
		except frappe.db.DuplicateError as error:
			self._unique_clash(error)

	def db_set(self, fieldname, value=None, update_modified=True, notify=False, commit=False, **_kwargs):
		"""Write columns at once, past validation and hooks (on_change is called)."""
		values = dict(fieldname) if isinstance(fieldname, dict) else {fieldname: value}
		if self.flags.in_insert is None and self.is_new():
			frappe.throw(frappe._("Cannot set a value on a document that was not saved"))
		for key, item in values.items():
			self.set(key, item)
		if update_modified and not self.meta.istable:
			self.modified, self.modified_by = frappe.utils.now(), frappe.session.user
			values.update(modified=self.modified, modified_by=self.modified_by)
		frappe.db.set_value(
			self.doctype, self.name, values, modified=self.modified, update_modified=update_modified
		)
		if not self.meta.istable:
			self.run_method("on_change")
		if commit:
			frappe.db.commit()

	# -- presentation

	def precision(self, fieldname: str, parentfield=None) -> int | None:
		"""Decimal places of a field: its own, else 2 for money and 3 for other numbers."""
		field = self.meta.get_field(fieldname)
		if parentfield:
			field = frappe.get_meta(self.meta.get_field(parentfield).options).get_field(fieldname)
		if not field or field.fieldtype not in float_like_fields:
			return None
		if field.precision not in (None, ""):
			return frappe.utils.cint(field.precision)
		return 2 if field.fieldtype == "Currency" else 3

	def cast(self, value, field):
		return frappe.utils.data.cast(field.fieldtype, value)

	def __repr__(self) -> str:
		name = f": {self.name}" if self.name else ""
		parent = f" parent={self.parent}" if self.get("parent") else ""
		return f"<{type(self).__name__}{name}{parent}>"
