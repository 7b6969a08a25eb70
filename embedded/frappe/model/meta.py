"""The description of a DocType: its JSON plus custom fields and property setters."""

import json

import frappe
from frappe.exceptions import DoesNotExistError
from frappe.model import child_table_fields, default_fields, no_value_fields, optional_fields, table_fields
from frappe.types import _dict

STANDARD_LABELS = {
	"name": "ID",
	"owner": "Created By",
	"creation": "Created On",
	"modified": "Last Updated On",
	"modified_by": "Last Updated By",
	"docstatus": "Document Status",
	"idx": "Index",
	"parent": "Parent",
	"parenttype": "Parent Type",
	"parentfield": "Parent Field",
	"_user_tags": "Tags",
	"_assign": "Assigned To",
	"_comments": "Comments",
	"_liked_by": "Liked By",
}
NOT_CUSTOMISED = ("Custom Field", "Property Setter", "Custom DocPerm", "DocType")
STANDARD_TYPES = {"creation": "Datetime", "modified": "Datetime", "docstatus": "Int", "idx": "Int"}


def get_meta(doctype, cached: bool = True) -> "Meta":
	"""The meta of a DocType, kept for the process."""
	if isinstance(doctype, dict):
		return Meta(doctype)
	if not isinstance(doctype, str):
		frappe.throw(frappe._("DocType {0} not found").format(doctype), DoesNotExistError)
	metas = frappe.cache.metas
	if not cached or doctype not in metas:
		metas[doctype] = Meta(load_definition(doctype))
	return metas[doctype]


def load_definition(doctype: str) -> dict:
	"""The DocType as JSON gives it. Core DocTypes come from files until they are stored."""
	from frappe.core import core_definition

	if definition := core_definition(doctype):
		return definition
	if not frappe.db.table_exists("DocType"):
		raise DoesNotExistError(f"DocType {doctype} not found")
	rows = frappe.db.sql("SELECT definition FROM `tabDocType` WHERE name = %s", [doctype], pluck=True)
	definition = json.loads(rows[0]) if rows and rows[0] else {}
	# the database compares without case; hooks and permissions do not
	if definition.get("name") != doctype:
		frappe.throw(frappe._("DocType {0} not found").format(doctype), DoesNotExistError)
	return definition


class Meta(_dict):
	"""Attribute access to the DocType; its tables (`fields`, `permissions` ...) are lists of dicts."""

	def __init__(self, definition: dict):
		super().__init__(definition)
		for key in ("fields", "permissions", "links", "actions", "states"):
			self[key] = [_dict(row) for row in self.get(key) or []]
		for position, field in enumerate(self["fields"], start=1):
			field.setdefault("label", None)
			field.setdefault("parent", definition["name"])
			field["idx"] = position
		self.setdefault("module", "Core")
		self["doctype"] = "DocType"
		self._customise()
		self._index()

	# attributes that are not part of the DocType
	def __setattr__(self, name, value):
		if name.startswith("_"):
			object.__setattr__(self, name, value)
		else:
			self[name] = value

	def __getattr__(self, name):
		if name.startswith("__"):
			raise AttributeError(name)
		return dict.get(self, name)

	def _index(self):
		object.__setattr__(self, "_by_type", {})
		object.__setattr__(
			self, "_fields", {field.fieldname: field for field in self["fields"] if field.fieldname}
		)
		self["sort_field"] = self.get("sort_field") or "modified"
		self["sort_order"] = self.get("sort_order") or "DESC"
		object.__setattr__(
			self,
			"_valid_columns",
			[*default_fields[1:], *(child_table_fields if self.istable else ())]
			+ [
				f.fieldname for f in self["fields"] if f.fieldtype not in no_value_fields and not f.is_virtual
			],
		)

	def _customise(self):
		"""Custom fields, property setters and own rules of permissions, in this order, as in Frappe."""
		if frappe.local.flags.in_new_site or self.name in NOT_CUSTOMISED:
			return
		if not frappe.db.table_exists("Custom DocPerm"):
			return
		read = "SELECT * FROM `tab{}` WHERE {} = %s ORDER BY idx, creation"
		for row in frappe.db.sql(read.format("Custom Field", "dt"), [self.name], as_dict=True):
			self._insert_custom_field(row)
		for row in frappe.db.sql(read.format("Property Setter", "doc_type"), [self.name], as_dict=True):
			self._set_property(row)
		if self.get("field_order_set"):
			from frappe.core.customising import ordered

			self["fields"] = ordered(self["fields"], self["field_order_set"])
		if not self.istable and (
			rules := frappe.db.sql(read.format("Custom DocPerm", "parent"), [self.name], as_dict=True)
		):
			self["permissions"] = rules

	def _insert_custom_field(self, row):
		field = _dict({k: v for k, v in row.items() if v is not None}, is_custom_field=1, parent=self.name)
		names = [other.fieldname for other in self["fields"]]
		at = names.index(row.insert_after) + 1 if row.insert_after in names else len(names)
		self["fields"].insert(at, field)

	def _set_property(self, row):
		value = row.value
		if row.property_type in ("Check", "Int"):
			value = frappe.utils.cint(value)
		if row.doctype_or_field == "DocType":
			self["field_order_set" if row.property == "field_order" else row.property] = value
			return
		for field in self["fields"]:
			if field.fieldname == row.field_name:
				field[row.property] = value

	# -- fields

	def get(self, key, filters=None, limit=None, default=None):
		value = dict.get(self, key, default)
		if isinstance(filters, dict) and isinstance(value, list):
			return [row for row in value if _matches(row, filters)][:limit]
		return value

	def get_field(self, fieldname: str):
		return self._fields.get(fieldname)

	def has_field(self, fieldname: str) -> bool:
		return fieldname in self._fields

	def has_column(self, fieldname: str) -> bool:
		"""Whether the table has this column."""
		if fieldname in optional_fields:
			return not self.istable
		return fieldname in self._valid_columns

	def get_valid_columns(self) -> list[str]:
		return self._valid_columns

	def get_fieldnames_with_value(self, with_field_meta=False, with_virtual_fields=False) -> list:
		fields = [
			f
			for f in self["fields"]
			if f.fieldtype not in no_value_fields and (with_virtual_fields or not f.is_virtual)
		]
		return fields if with_field_meta else [f.fieldname for f in fields]

	def _of_type(self, *types) -> list:
		if types not in self._by_type:
			self._by_type[types] = [field for field in self["fields"] if field.fieldtype in types]
		return self._by_type[types]

	def get_table_fields(self, include_computed=False) -> list:
		return [field for field in self._of_type(*table_fields) if include_computed or not field.is_virtual]

	def get_link_fields(self) -> list:
		return [field for field in self._of_type("Link") if field.options != "[Select]"]

	def get_dynamic_link_fields(self) -> list:
		return self._of_type("Dynamic Link")

	def get_data_fields(self) -> list:
		return self._of_type("Data")

	def get_select_fields(self) -> list:
		return [field for field in self._of_type("Select") if field.options not in ("[Select]", "Loading...")]

	def get_code_fields(self) -> list:
		return self._of_type("Code")

	def get_set_only_once_fields(self) -> list:
		return [field for field in self["fields"] if field.set_only_once]

	def get_label(self, fieldname: str) -> str:
		field = self.get_field(fieldname)
		if field:
			return field.label or fieldname
		return STANDARD_LABELS.get(fieldname) or frappe.unscrub(fieldname)

	def get_title_field(self) -> str:
		return self.title_field or ("title" if self.has_field("title") else "name")

	def get_search_fields(self) -> list[str]:
		fields = [part.strip() for part in (self.search_fields or "name").split(",") if part.strip()]
		return fields if "name" in fields else ["name", *fields]

	# -- permissions

	def get_permissions(self, parenttype: str | None = None) -> list:
		if self.istable and parenttype:
			return get_meta(parenttype).permissions
		return self["permissions"]

	def get_permlevel_access(self, permission_type="read", parenttype=None, *, user=None) -> list[int]:
		"""Levels that the user's roles may read or write."""
		roles = frappe.get_roles(user)
		levels = []
		for rule in self.get_permissions(parenttype):
			if rule.role in roles and rule.get(permission_type):
				level = frappe.utils.cint(rule.permlevel)
				if level not in levels:
					levels.append(level)
		return levels

	def get_high_permlevel_fields(self) -> list:
		return [field for field in self["fields"] if frappe.utils.cint(field.permlevel) > 0]

	def get_permitted_fieldnames(
		self, parenttype=None, *, user=None, permission_type="read", with_virtual_fields=True
	) -> list[str]:
		"""Fields with a value that the user may see."""
		user = user or frappe.session.user
		names = [f.fieldname for f in self.get_fieldnames_with_value(True, with_virtual_fields)]
		if user == "Administrator":
			return names
		levels = self.get_permlevel_access(permission_type, parenttype, user=user)
		if 0 not in levels and permission_type in ("read", "select"):
			levels = levels or [0]
		return [n for n in names if frappe.utils.cint(self._fields[n].permlevel) in levels]

	# -- workflow

	def get_workflow(self) -> str | None:
		from frappe.model.workflow import get_workflow_name

		return get_workflow_name(self.name)


def _matches(row, filters: dict) -> bool:
	for key, wanted in filters.items():
		value = row.get(key)
		if isinstance(wanted, list | tuple) and len(wanted) == 2 and wanted[0] in ("in", "not in", "!="):
			found = value in wanted[1] if wanted[0] != "!=" else value == wanted[1]
			if found is (wanted[0] != "in"):
				return False
		elif isinstance(wanted, list | tuple):
			if value not in wanted:
				return False
		elif value != wanted:
			return False
	return True
