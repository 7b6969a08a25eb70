"""What an administrator changes about DocTypes: fields, properties, rights of roles."""

import json

import frappe
from frappe import _
from frappe.model import default_fields
from frappe.model.document import Document
from frappe.utils import cint, cstr

BREAKS = ("Section Break", "Column Break", "Tab Break")
# A stored value keeps its meaning when the type changes inside one of these groups.
LIKE_TYPES = (
	{"Currency", "Float", "Percent"},
	{"Data", "Small Text", "Text", "Long Text"},
	{"Data", "Select"},
	{"Text", "Text Editor", "Code", "HTML Editor"},
)
RESERVED = {*default_fields, "parent", "parentfield", "parenttype", "flags", "file_list"}


class CustomField(Document):
	def autoname(self):
		self._name_field()
		self.name = f"{self.dt}-{self.fieldname}"

	def before_insert(self):
		self._name_field()

	def _name_field(self):
		"""From the label, as Frappe does it: `Preferred table` -> `custom_preferred_table`."""
		if not self.fieldname:
			if not self.label and self.fieldtype not in BREAKS:
				frappe.throw(_("Label is mandatory"), frappe.MandatoryError)
			label = self.label or f"{self.fieldtype} {frappe.generate_hash(length=5)}"
			plain = "".join(c for c in label.replace(" ", "_") if c.isalnum() or c == "_")
			self.fieldname = f"custom_{plain}"
		self.fieldname = self.fieldname.lower()
		if self.fieldname in RESERVED:
			self.fieldname += "1"

	def validate(self):
		meta = frappe.get_meta(self.dt)
		if self.is_new() and meta.get_field(self.fieldname):
			frappe.throw(_("A field with the name {0} already exists in {1}").format(self.fieldname, self.dt))
		if not cstr(self.fieldname).isidentifier():
			frappe.throw(_("{0} is no name for a field").format(self.fieldname))
		above = field_called(meta.fields, self.insert_after) or (meta.fields and meta.fields[-1])
		if self.is_new() or self.insert_after:
			self.insert_after = above and above.fieldname
		self._keep_type()
		self._check_options()

	def _keep_type(self):
		before = self.get_doc_before_save()
		if before and before.fieldtype != self.fieldtype:
			if not any({before.fieldtype, self.fieldtype} <= group for group in LIKE_TYPES):
				frappe.throw(
					_("Fieldtype cannot be changed from {0} to {1}").format(before.fieldtype, self.fieldtype)
				)

	def _check_options(self):
		if self.fieldtype in ("Link", "Table", "Table MultiSelect") and not frappe.db.exists(
			"DocType", self.options
		):
			frappe.throw(_("Options of {0} must name a DocType").format(self.label), frappe.DoesNotExistError)

	def on_update(self):
		from frappe.database.schema import sync_table

		frappe.clear_cache(doctype=self.dt)
		sync_table(frappe.get_meta(self.dt))

	def on_trash(self):
		frappe.db.delete("Property Setter", {"doc_type": self.dt, "field_name": self.fieldname})

	def after_delete(self):
		"""The column stays, as in Frappe: nothing that was entered is lost by a click."""
		frappe.clear_cache(doctype=self.dt)


class PropertySetter(Document):
	def autoname(self):
		self.name = f"{self.doc_type}-{self.field_name or 'main'}-{self.property}"

	def validate(self):
		if self.is_new():
			same = {"doc_type": self.doc_type, "property": self.property}
			frappe.db.delete("Property Setter", same | {"field_name": self.field_name or ("is", "not set")})

	def on_update(self):
		from frappe.database.schema import sync_table

		frappe.clear_cache(doctype=self.doc_type)
		if self.property in ("unique", "search_index"):
			sync_table(frappe.get_meta(self.doc_type))

	def after_delete(self):
		frappe.clear_cache(doctype=self.doc_type)


class CustomDocPerm(Document):
	def on_update(self):
		frappe.clear_cache(doctype=self.parent)

	after_delete = on_update


def field_called(fields: list, text: str | None):
	"""The field with this name or label, as people type it."""
	wanted = cstr(text).strip().lower()
	for spelling in ("fieldname", "label"):
		for field in fields:
			if wanted and cstr(field.get(spelling)).lower() == wanted:
				return field
	return next((field for field in fields if wanted and _(field.label or "").lower() == wanted), None)


# -- rights of roles


def setup_custom_perms(parent: str):
	"""Copies the shipped rules, so that they can be changed; from then on only the copy counts."""
	if frappe.db.exists("Custom DocPerm", {"parent": parent}):
		return None
	for rule in frappe.get_meta(parent).permissions:
		values = {key: value for key, value in rule.items() if key not in ("name", "doctype", "parent")}
		frappe.get_doc(
			{"doctype": "Custom DocPerm", "parent": parent, "read": 0, "export": 0, **values}
		).insert(ignore_permissions=True)
	return True


def add_permission(doctype: str, role: str, permlevel: int = 0, ptype: str | None = None):
	"""A rule for one more role and level; with it the shipped rules become the administrator's own."""
	setup_custom_perms(doctype)
	same = {"parent": doctype, "role": role, "permlevel": permlevel, "if_owner": 0}
	if frappe.db.get_value("Custom DocPerm", same):
		frappe.msgprint(_("This rule exists already."), alert=True)
		return None
	rule = frappe.get_doc({"doctype": "Custom DocPerm", "read": 0, "export": 0, **same, ptype or "read": 1})
	return rule.insert(ignore_permissions=True).name


def update_permission_property(
	doctype: str, role: str, permlevel: int, ptype: str, value=None, validate=True, if_owner=0
):
	"""Gives one right of a rule, or takes it away."""
	setup_custom_perms(doctype)
	same = {"parent": doctype, "role": role, "permlevel": permlevel, "if_owner": if_owner}
	rule = frappe.get_doc("Custom DocPerm", frappe.db.get_value("Custom DocPerm", same))
	rule.set(ptype, cint(value))
	rule.save(ignore_permissions=True)


def reset_perms(doctype: str):
	"""The shipped rules count again."""
	frappe.db.delete("Custom DocPerm", {"parent": doctype})
	frappe.clear_cache(doctype=doctype)


def ordered(fields: list, order: str | None) -> list:
	"""Fields in the order of the `field_order` property; what it does not name keeps its neighbour."""
	names = json.loads(order) if order else []
	place = {name: at for at, name in enumerate(names)}
	out, last = [], -1.0
	for field in fields:
		last = place.get(field.fieldname, last + 1 / (len(fields) + 1))
		out.append((last, field))
	return [field for _at, field in sorted(out, key=lambda pair: pair[0])]
