"""Reading a record: its row and its child rows, one query each."""

import frappe
from frappe import _
from frappe.exceptions import DoesNotExistError
from frappe.model.base_document import BaseDocument
from frappe.types import _dict


class DocumentLoading:
	def load_from_db(self):
		"""Read the row and its child rows: one query each."""
		meta = frappe.get_meta(self.doctype)
		if meta.issingle:
			values = self._single_values()
		else:
			values = self._row(meta)
		children = {field.fieldname: self._child_rows(field) for field in meta.get_table_fields()}
		flags = self.flags
		BaseDocument.__init__(self, _dict(values, doctype=self.doctype))
		self.flags = flags
		for fieldname, rows in children.items():
			self.__dict__[fieldname] = []
			self.extend(fieldname, rows)
		self.__dict__.pop("__islocal", None)
		return self

	def _single_values(self) -> _dict:
		values = frappe.db.get_singles_dict(self.doctype, for_update=bool(self.flags.for_update), cast=True)
		if not values:
			values = frappe.new_doc(self.doctype, as_dict=True)
			values.pop("__islocal", None)
		values.update(name=self.doctype)
		return values

	def _row(self, meta) -> _dict:
		if isinstance(self.name, dict | list):
			self.name = frappe.db.get_value(self.doctype, self.name, "name")
		lock = " FOR UPDATE" if self.flags.for_update else ""
		rows = []
		if self.name is not None:
			rows = frappe.db.sql(
				f"SELECT * FROM `tab{self.doctype}` WHERE `name` = %s{lock}", [self.name], as_dict=True
			)
		if not rows:
			frappe.throw(
				_("{0} {1} not found").format(_(self.doctype), self.name),
				DoesNotExistError(self.doctype),
				_("Not Found"),
			)
		return rows[0]

	def _child_rows(self, field) -> list:
		return frappe.db.sql(
			f"SELECT * FROM `tab{field.options}` WHERE parent = %s AND parenttype = %s AND parentfield = %s"
			" ORDER BY idx",
			[self.name, self.doctype, field.fieldname],
			as_dict=True,
		)

	def reload(self):
		"""Read again from the database."""
		for key in list(self.__dict__):
			if key not in ("doctype", "name", "flags", "_doc_before_save"):
				del self.__dict__[key]
		self.flags.for_update = None
		return self.load_from_db()

	reload_doc = reload

	def get_latest(self):
		return frappe.get_doc(self.doctype, self.name)

	def get_doc_before_save(self):
		return self.__dict__.get("_doc_before_save")

	def load_doc_before_save(self, *, raise_exception: bool = False):
		self.__dict__["_doc_before_save"] = None
		if self.is_new():
			return
		try:
			self.__dict__["_doc_before_save"] = frappe.get_doc(self.doctype, self.name, for_update=True)
		except DoesNotExistError:
			if raise_exception:
				raise
