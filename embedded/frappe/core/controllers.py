"""Behaviour of the host's own DocTypes."""

import time

import frappe
from frappe import _
from frappe.core.customising import CustomDocPerm, CustomField, PropertySetter
from frappe.core.customize_form import CustomizeForm
from frappe.core.file import File
from frappe.model.document import Document
from frappe.utils import cstr


class User(Document):
	def autoname(self):
		self.email = cstr(self.email).strip().lower()
		self.name = self.name if self.name in frappe.STANDARD_USERS else self.email

	def before_insert(self):
		self.flags.in_insert_user = True

	def validate(self):
		self.full_name = " ".join(part for part in (self.first_name, self.last_name) if part)
		if self.name not in frappe.STANDARD_USERS:
			frappe.utils.validate_email_address(self.email, throw=True)
		self._keep_administrator()
		self._unique_roles()
		self._take_password()

	def _keep_administrator(self):
		if self.name == "Administrator" and not self.enabled:
			frappe.throw(_("User {0} cannot be disabled").format(self.name))

	def _unique_roles(self):
		seen, rows = set(), []
		for row in self.roles:
			if row.role and row.role not in seen:
				seen.add(row.role)
				rows.append(row)
		self.roles = rows

	def _take_password(self):
		self._new_password, self.new_password = self.new_password, ""
		if self._new_password and set(self._new_password) == {"*"}:
			self._new_password = None

	def on_update(self):
		from frappe.utils.password import update_password

		if self.__dict__.get("_new_password"):
			update_password(self.name, self._new_password)
		if self.__dict__.get("_new_password") or self.logout_all_sessions:
			self.db_set({"sessions_since": time.time(), "logout_all_sessions": 0}, update_modified=False)
		frappe.clear_cache(user=self.name)

	def on_trash(self):
		if self.name in frappe.STANDARD_USERS:
			frappe.throw(_("User {0} cannot be deleted").format(self.name))
		frappe.db.delete("ToDo", {"allocated_to": self.name})

	def after_rename(self, old, new, merge=False):
		frappe.db.set_value("User", new, "email", new)
		frappe.db.sql("UPDATE `__Auth` SET name = %s WHERE doctype = 'User' AND name = %s", [new, old])

	def add_roles(self, *roles):
		self.append_roles(*roles)
		self.save()

	def append_roles(self, *roles):
		present = {row.role for row in self.roles}
		for role in roles:
			if role not in present:
				self.append("roles", {"role": role})

	def get_fullname(self):
		return self.full_name


class Role(Document):
	def before_rename(self, old, new, merge=False):
		if old in ("Guest", "Administrator", "System Manager", "All"):
			frappe.throw(_("Standard roles cannot be renamed"))

	def on_update(self):
		frappe.clear_cache(user="*")


class APIToken(Document):
	"""A key with less than its user's rights. The secret is shown once and kept as a hash."""

	def before_insert(self):
		self.token_key, self._secret = frappe.generate_hash(length=15), frappe.generate_hash(length=30)
		self.secret, self.last_used = "", None

	def validate(self):
		before = self.get_doc_before_save()
		if before:
			self.token_key = before.token_key
		for name in (self.doctypes or "").split("\n"):
			if name.strip() and not frappe.db.exists("DocType", name.strip()):
				frappe.throw(_("DocType {0} not found").format(name.strip()))

	def after_insert(self):
		from frappe.utils.password import update_password

		update_password(self.name, self._secret, self.doctype, "secret")
		frappe.msgprint(_("Key and secret, shown this once: {0}").format(f"{self.token_key}:{self._secret}"))


class UserPermission(Document):
	def on_update(self):
		frappe.local.cache.pop(("user_permissions", self.user), None)

	on_trash = on_update


class Workflow(Document):
	def validate(self):
		self._states_exist()
		if not self.is_active:
			return
		for name in frappe.get_all(
			"Workflow",
			{"document_type": self.document_type, "is_active": 1, "name": ("!=", self.name)},
			pluck="name",
		):
			frappe.db.set_value("Workflow", name, "is_active", 0)

	def _states_exist(self):
		states = [row.state for row in self.states]
		for row in self.transitions:
			for state in (row.state, row.next_state):
				if state not in states:
					frappe.throw(
						_("Row #{0}: {1} is not one of the states of this workflow").format(row.idx, state)
					)

	def on_update(self):
		self._fill_existing_records()
		frappe.clear_cache(doctype=self.document_type)
		frappe.local.cache = {}

	def _fill_existing_records(self):
		"""Records without a state get the first state of their docstatus."""
		seen = set()
		if not frappe.get_meta(self.document_type).has_column(self.workflow_state_field):
			self._create_state_field()
		for row in self.states:
			if row.doc_status in seen:
				continue
			seen.add(row.doc_status)
			frappe.db.sql(
				f"UPDATE `tab{self.document_type}` SET `{self.workflow_state_field}` = %s"
				f" WHERE IFNULL(`{self.workflow_state_field}`, '') = '' AND docstatus = %s",
				[row.state, row.doc_status],
			)

	def _create_state_field(self):
		from frappe.custom.doctype.custom_field.custom_field import create_custom_field

		create_custom_field(
			self.document_type,
			{
				"fieldname": self.workflow_state_field,
				"label": "Workflow State",
				"fieldtype": "Link",
				"options": "Workflow State",
				"hidden": 1,
				"allow_on_submit": 1,
				"no_copy": 1,
			},
		)


class ToDo(Document):
	def on_update(self):
		from frappe.desk.form.assign_to import write_assignees

		if self.reference_type and self.reference_name:
			write_assignees(self.reference_type, self.reference_name)

	after_delete = on_update


class Comment(Document):
	def validate(self):
		if not self.flags.ignore_permissions:
			self.comment_type, self.comment_email = "Comment", frappe.session.user
			if self.reference_doctype and self.reference_name:
				frappe.has_permission(self.reference_doctype, "read", self.reference_name, throw=True)
		self.comment_email = self.comment_email or frappe.session.user


class NumberCard(Document):
	def autoname(self):
		self.name = self.name or self.label


CONTROLLERS = {
	"User": User,
	"Role": Role,
	"API Token": APIToken,
	"User Permission": UserPermission,
	"Workflow": Workflow,
	"Custom DocPerm": CustomDocPerm,
	"Custom Field": CustomField,
	"Customize Form": CustomizeForm,
	"Property Setter": PropertySetter,
	"ToDo": ToDo,
	"Comment": Comment,
	"Number Card": NumberCard,
	"File": File,
}
