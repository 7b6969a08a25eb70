"""What a record offers besides its life cycle: changes, permissions, comments, versions, locks."""

import frappe
from frappe import _
from frappe.model import display_fieldtypes
from frappe.utils import cint, cstr


class DocumentExtras:
	# -- what changed

	def has_value_changed(self, fieldname: str) -> bool:
		"""Whether the value differs from the stored one; True for a new document."""
		previous = self.get_doc_before_save()
		if not previous:
			return True
		old, new = previous.get(fieldname), self.get(fieldname)
		if fieldname in self._table_fields:
			from frappe.model.validation import _rows

			return _rows(old) != _rows(new)
		if hasattr(old, "isoformat") or hasattr(new, "isoformat"):
			return self._stored(fieldname, old) != self._stored(fieldname, new)
		field = self.meta.get_field(fieldname)
		if field and field.fieldtype in ("Int", "Check", "Float", "Currency", "Percent"):
			return self._stored(fieldname, old) != self._stored(fieldname, new)
		if field and field.fieldtype in ("Date", "Datetime", "Time"):
			return cstr(self._stored(fieldname, old)) != cstr(self._stored(fieldname, new))
		return old != new

	# -- permissions

	def is_whitelisted(self, method_name: str):
		"""Raise unless the method may be called over HTTP."""
		frappe.is_whitelisted(getattr(type(self), cstr(method_name), method_name))

	def check_permission(self, permtype="read", permlevel=None):
		"""Raise PermissionError unless the user may."""
		if not self.has_permission(permtype):
			self.raise_no_permission_to(permtype)

	def has_permission(self, permtype="read", *, debug=False, user=None) -> bool:
		if self.flags.ignore_permissions:
			return True
		from frappe.permissions import has_permission

		return has_permission(self.doctype, permtype, self, user=user)

	def raise_no_permission_to(self, perm_type):
		frappe.throw(
			_("User {0} does not have {1} permission on {2}").format(
				frappe.bold(frappe.session.user),
				_(perm_type),
				frappe.bold(f"{_(self.doctype)} {self.name or ''}".strip()),
			),
			frappe.PermissionError,
			title=_("Not Permitted"),
		)

	def get_permlevel_access(self, permission_type="write") -> list[int]:
		return self.meta.get_permlevel_access(permission_type, self.get("parenttype"))

	def reset_values_if_no_permlevel_access(self, has_access_to, high_permlevel_fields):
		"""Take the stored values, or a new document's defaults, for fields of other levels."""
		closed = [
			field
			for field in high_permlevel_fields
			if cint(field.permlevel) not in has_access_to and field.fieldtype not in display_fieldtypes
		]
		reference = self._stored_row() if closed else None
		for field in closed if reference is not None else ():
			self.set(field.fieldname, reference.get(field.fieldname))

	def _stored_row(self):
		if self.is_new():
			return frappe.new_doc(self.doctype)
		parent = self.get_parent_doc()
		if parent is None:
			return self.get_doc_before_save() or self.get_latest()
		before = parent.get_doc_before_save()
		return next((row for row in before.get(self.parentfield) if row.name == self.name), None)

	def apply_fieldlevel_read_permissions(self):
		"""Drop values of levels that the user may not read."""
		if frappe.session.user == "Administrator":
			return
		levels = self.get_permlevel_access("read")
		for row in (self, *self.get_all_children()):
			for field in row.meta.get_high_permlevel_fields():
				if cint(field.permlevel) not in levels:
					row.delete_key(field.fieldname)
					row.__dict__[field.fieldname] = [] if field.fieldname in row._table_fields else None

	# -- notes and history

	def add_comment(self, comment_type="Comment", text=None, comment_email=None, comment_by=None, **_kwargs):
		"""A row in the record's timeline."""
		comment = frappe.get_doc(
			doctype="Comment",
			comment_type=comment_type,
			comment_email=comment_email or frappe.session.user,
			comment_by=comment_by or frappe.utils.get_fullname(),
			reference_doctype=self.doctype,
			reference_name=cstr(self.name),
			content=text or comment_type,
		)
		return comment.insert(ignore_permissions=True)

	def save_version(self):
		"""Keep what changed when the DocType tracks changes."""
		from frappe.core.version import track

		if self.meta.track_changes and not self.flags.ignore_version and not frappe.local.flags.in_install:
			track(self)

	def notify_update(self):
		"""Real Frappe tells open forms; this host has no push channel."""

	def check_no_back_links_exist(self):
		"""A record that submitted records point to cannot be cancelled."""
		from frappe.model.delete_doc import check_if_doc_is_linked

		if not self.flags.ignore_links:
			check_if_doc_is_linked(self, method="Cancel")

	# -- onload

	def set_onload(self, key, value):
		self.__dict__.setdefault("__onload", frappe._dict())[key] = value

	def get_onload(self, key=None):
		kept = self.__dict__.get("__onload") or frappe._dict()
		return kept.get(key) if key else kept

	# -- background and locks

	def queue_action(self, action: str, **kwargs):
		"""Run a method of this record in a background job."""
		return frappe.enqueue(
			"frappe.model.document_extras.execute_action",
			doctype=self.doctype,
			name=self.name,
			action=action,
			**kwargs,
		)

	def get_url(self) -> str:
		return frappe.utils.get_absolute_url(self.doctype, self.name)

	# -- passwords

	def _save_passwords(self):
		from frappe.utils.password import store_field_password

		for field in self.meta.get("fields", {"fieldtype": "Password"}):
			value = self.get(field.fieldname)
			if value and set(value) != {"*"}:
				store_field_password(self, field.fieldname, value)
				self.set(field.fieldname, "*" * len(value))

	def get_password(self, fieldname="password", raise_exception=True):
		from frappe.utils.password import get_decrypted_password

		return get_decrypted_password(self.doctype, self.name, fieldname, raise_exception)


def execute_action(doctype: str, name: str, action: str, **kwargs):
	getattr(frappe.get_doc(doctype, name), action)(**kwargs)
