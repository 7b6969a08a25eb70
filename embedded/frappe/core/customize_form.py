"""One screen for what an administrator changes about a DocType: its fields, their order, the rights of roles.

The record is made up from the meta; saving writes Custom Field, Property Setter and Custom DocPerm, so
the checks of those hold here too.
"""

import json

import frappe
from frappe import _
from frappe.core import customising
from frappe.model.base_document import BaseDocument
from frappe.model.document import Document
from frappe.model.meta import load_definition
from frappe.permissions import rights
from frappe.types import _dict
from frappe.utils import cint, cstr

CHECKS = "reqd hidden in_list_view in_standard_filter read_only bold allow_on_submit".split()
TEXTS = "label options default description depends_on mandatory_depends_on".split()
FORM_TEXTS = "search_fields title_field sort_field sort_order".split()
CUSTOMISED = ("Custom Field", "dt"), ("Property Setter", "doc_type"), ("Custom DocPerm", "parent")


class CustomizeForm(Document):
	def load_from_db(self):
		meta = frappe.get_meta(self.name)
		if meta.name in ("DocType", "Customize Form") or meta.is_virtual:
			frappe.throw(_("{0} cannot be customised").format(_(meta.name)))
		flags, values = self.flags, {key: meta.get(key) for key in FORM_TEXTS}
		values |= {"name": meta.name, "doc_type": meta.name, "track_changes": cint(meta.track_changes)}
		values |= {"modified": _last_change(meta.name), "owner": "Administrator", "docstatus": 0}
		BaseDocument.__init__(self, _dict(values, doctype="Customize Form"))
		self.flags = flags
		self.set("fields", [])
		for df in meta.fields:
			self.append("fields", _field_row(df))
		self.set("permissions", [])
		for at, rule in enumerate(meta.permissions):
			self.append("permissions", {"name": f"rule-{at}", **_rule(rule)})
		self.__dict__.pop("__islocal", None)
		for row in self.get_all_children():
			row.__dict__.pop("__islocal", None)
		return self

	def validate(self):
		"""Labels are edited in the user's language: one that still reads as it was shown is no change."""
		meta = frappe.get_meta(self.name)
		for row in self.fields:
			df = meta.get_field(row.fieldname)
			if df and cstr(row.label) == _(df.label or ""):
				row.label = df.label
			if df and df.fieldtype != row.fieldtype and not df.is_custom_field:
				frappe.throw(_("The type of {0} is fixed, it is a standard field.").format(_(df.label)))
		self._no_standard_field_is_gone()
		self._name_new_fields()

	def _no_standard_field_is_gone(self):
		kept = {row.fieldname for row in self.fields}
		for df in frappe.get_meta(self.name).fields:
			if df.fieldname not in kept and not df.is_custom_field:
				frappe.throw(
					_("{0} is a standard field and cannot be removed. Hide it instead.").format(_(df.label))
				)

	def _name_new_fields(self):
		"""A new row stands where `insert_after` says, by name or label, or where it is in the table."""
		for row in [row for row in self.fields if not row.fieldname]:
			row.is_custom_field = 1
			probe = frappe.get_doc(
				doctype="Custom Field", dt=self.name, label=row.label, fieldtype=row.fieldtype
			)
			probe._name_field()
			row.fieldname = probe.fieldname
			above = customising.field_called(self.fields, row.insert_after)
			if above and above is not row:
				self.fields.remove(row)
				self.fields.insert(self.fields.index(above) + 1, row)

	def db_update(self):
		frappe.flags.customize_form = self  # who checks one property can see what comes with it
		try:
			self._write()
		finally:
			frappe.flags.customize_form = None

	def _write(self):
		meta = frappe.get_meta(self.name)
		standard = {df["fieldname"]: df for df in load_definition(self.name)["fields"]}
		self._set_form_properties(meta)
		for row in self.fields:
			if row.fieldname in standard:
				_set_properties(self.name, row, standard[row.fieldname], meta.get_field(row.fieldname))
		self._write_custom_fields(meta)
		self._set_order(meta)
		self._write_rules(meta)
		frappe.clear_cache(doctype=self.name)

	def update_children(self):
		"""The rows are no records of their own."""

	def _set_form_properties(self, meta):
		for key in (*FORM_TEXTS, "track_changes"):
			if cstr(self.get(key) or "") != cstr(meta.get(key) or ""):
				kind = "Check" if key == "track_changes" else "Data"
				_setter(self.name, None, key, self.get(key), kind)

	def _write_custom_fields(self, meta):
		above, kept = None, set()
		for row in self.fields:
			if row.is_custom_field:
				kept.add(row.fieldname)
				_write_custom_field(self.name, row, above, meta.get_field(row.fieldname))
			above = row.fieldname
		for df in meta.fields:
			if df.is_custom_field and df.fieldname not in kept:
				frappe.delete_doc("Custom Field", f"{self.name}-{df.fieldname}")

	def _set_order(self, meta):
		order = [row.fieldname for row in self.fields]
		now = [df.fieldname for df in frappe.get_meta(self.name).fields]
		if order != now:
			_setter(self.name, None, "field_order", json.dumps(order), "Data")

	def _write_rules(self, meta):
		"""Rights as shipped need no copy of their own."""
		wanted = [_rule(row) for row in self.permissions]
		if meta.istable or wanted == [_rule(rule) for rule in meta.permissions]:
			return
		if not wanted:
			frappe.throw(_("There must be at least one rule: without any, the shipped rights would count."))
		for name in frappe.get_all("Custom DocPerm", {"parent": self.name}, pluck="name"):
			frappe.delete_doc("Custom DocPerm", name, force=True)
		if wanted != [_rule(rule) for rule in load_definition(self.name).get("permissions") or []]:
			for rule in wanted:
				frappe.get_doc(doctype="Custom DocPerm", parent=self.name, **rule).insert()


def _last_change(doctype: str) -> str:
	stamps = [frappe.db.get_value("DocType", doctype, "modified", order_by=None)]
	for kind, fieldname in CUSTOMISED:
		stamps.append(frappe.db.get_value(kind, {fieldname: doctype}, "modified", order_by="modified desc"))
	return max(cstr(stamp) for stamp in stamps if stamp)


def _field_row(df) -> dict:
	plain = {key: df.get(key) for key in (*CHECKS, *TEXTS, "fieldname", "fieldtype", "is_custom_field")}
	return {"name": df.fieldname, **plain, "label": _(df.label or "")}


def _rule(rule) -> dict:
	checks = {right: cint(rule.get(right)) for right in (*rights, "if_owner", "permlevel")}
	return {"role": rule.get("role"), **checks}


def _set_properties(doctype: str, row, standard: dict, now):
	"""A property that reads as shipped again needs no setter, once its checks are passed."""
	for key in (*CHECKS, *TEXTS):
		value, kind = row.get(key), "Check" if key in CHECKS else "Text"
		if cstr(value or "") == cstr(now.get(key) or ""):
			continue
		_setter(doctype, row.fieldname, key, value, kind)
		if cstr(value or "") == cstr(standard.get(key) or ""):
			same = {"doc_type": doctype, "field_name": row.fieldname, "property": key}
			for name in frappe.get_all("Property Setter", same, pluck="name"):
				frappe.delete_doc("Property Setter", name, force=True)


def _setter(doctype: str, fieldname: str | None, key: str, value, kind: str):
	frappe.get_doc(
		doctype="Property Setter",
		doctype_or_field="DocField" if fieldname else "DocType",
		doc_type=doctype,
		field_name=fieldname,
		property=key,
		property_type=kind,
		value=cstr(cint(value) if kind == "Check" else value or ""),
	).insert()


def _write_custom_field(doctype: str, row, above: str | None, now):
	values = {key: row.get(key) for key in (*CHECKS, *TEXTS, "fieldname", "fieldtype")}
	if now and all(cstr(now.get(key) or "") == cstr(values[key] or "") for key in values):
		return
	values["insert_after"] = now.insert_after if now else above
	if name := frappe.db.exists("Custom Field", {"dt": doctype, "fieldname": row.fieldname}):
		frappe.get_doc("Custom Field", name).update(values).save()
	else:
		frappe.get_doc(doctype="Custom Field", dt=doctype, **values).insert()
