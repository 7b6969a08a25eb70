"""Singles, defaults and global values."""

import frappe
from frappe.types import _dict


class SettingsStore:
	def get_singles_dict(self, doctype: str, debug=False, *, for_update=False, cast=False) -> _dict:
		"""Stored values of a Single; with `cast` in the types of its fields."""
		lock = " FOR UPDATE" if for_update else ""
		rows = self.sql(f"SELECT field, value FROM `tabSingles` WHERE doctype = %s{lock}", [doctype])
		values = _dict(rows)
		if cast:
			meta = frappe.get_meta(doctype)
			for field in meta.fields:
				if field.fieldname in values:
					values[field.fieldname] = _cast(field.fieldtype, values[field.fieldname])
		return values

	def get_single_value(self, doctype: str, fieldname: str, cache: bool = True):
		"""One value of a Single in its field's type; the field's type's zero value when never saved."""
		key = (doctype, fieldname)
		if cache and key in self.value_cache:
			return self.value_cache[key]
		rows = self.sql(
			"SELECT value FROM `tabSingles` WHERE doctype = %s AND field = %s",
			[doctype, fieldname],
			pluck=True,
		)
		field = frappe.get_meta(doctype).get_field(fieldname)
		if not field:
			frappe.throw(frappe._("Field {0} does not exist on {1}").format(fieldname, doctype))
		value = _cast(field.fieldtype, rows[0] if rows else None)
		self.value_cache[key] = value
		return value

	def set_single_value(self, doctype: str, fieldname, value=None, update_modified=True, **_kwargs):
		values = dict(fieldname) if isinstance(fieldname, dict) else {fieldname: value}
		if update_modified:
			values.update(modified=frappe.utils.now(), modified_by=frappe.session.user)
		for key, item in values.items():
			self.sql("DELETE FROM `tabSingles` WHERE doctype = %s AND field = %s", [doctype, key])
			self.sql(
				"INSERT INTO `tabSingles` (doctype, field, value) VALUES (%s, %s, %s)", [doctype, key, item]
			)
		self.value_cache.clear()
		frappe.clear_document_cache(doctype, doctype)

	def get_default(self, key: str, parent: str = "__default"):
		"""A default: one value, or a list when there are several."""
		rows = self.get_defaults(key, parent)
		return rows[0] if isinstance(rows, list) and len(rows) == 1 else rows

	def get_defaults(self, key: str | None = None, parent: str = "__default"):
		if not self.table_exists("DefaultValue"):
			return None if key else _dict()
		if key:
			rows = self.sql(
				"SELECT defvalue FROM `tabDefaultValue` WHERE defkey = %s AND parent = %s",
				[key, parent],
				pluck=True,
			)
			return (rows[0] if len(rows) == 1 else rows) if rows else None
		return _dict(self.sql("SELECT defkey, defvalue FROM `tabDefaultValue` WHERE parent = %s", [parent]))

	def set_default(self, key: str, value, parent: str = "__default", parenttype: str | None = None):
		self.sql("DELETE FROM `tabDefaultValue` WHERE defkey = %s AND parent = %s", [key, parent])
		if value is None:
			return
		self.add_default(key, value, parent, parenttype)

	def add_default(self, key: str, value, parent: str = "__default", parenttype: str | None = None):
		now = frappe.utils.now()
		self.sql(
			"INSERT INTO `tabDefaultValue`"
			" (name, defkey, defvalue, parent, parenttype, parentfield, creation, modified)"
			" VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
			[
				frappe.generate_hash(length=10),
				key,
				value,
				parent,
				parenttype or "__default",
				"system_defaults",
				now,
				now,
			],
		)

	def get_global(self, key: str, user: str = "__global"):
		return self.get_default(key, user)

	def set_global(self, key: str, value, user: str = "__global"):
		self.set_default(key, value, user)


def _cast(fieldtype: str, value):
	from frappe.utils.data import cast

	return cast(fieldtype, value)
