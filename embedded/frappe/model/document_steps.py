"""The steps of a save, each what Frappe's step of that name does."""

import frappe
from frappe import _
from frappe.model.docstatus import DocStatus
from frappe.model.naming import set_new_name
from frappe.utils import cstr

BEFORE = {
	"save": ("validate", "before_save"),
	"submit": ("validate", "before_submit"),
	"cancel": ("before_cancel",),
	"update_after_submit": ("before_update_after_submit",),
}
AFTER = {
	"save": ("on_update",),
	"submit": ("on_update", "on_submit"),
	"cancel": ("on_cancel",),
	"update_after_submit": ("on_update_after_submit",),
}
TRANSITIONS = {
	(0, 0): ("save", None),
	(0, 1): ("submit", "submit"),
	(1, 1): ("update_after_submit", "submit"),
	(1, 2): ("cancel", "cancel"),
}


class DocumentSteps:
	def _set_defaults(self):
		if frappe.local.flags.in_import:
			return
		if self.is_new():
			self.update_if_missing(frappe.new_doc(self.doctype, as_dict=True))
		for field in self.meta.get_table_fields():
			rows = [row for row in self.get(field.fieldname) if row.is_new()]
			if rows:
				template = frappe.new_doc(
					field.options, parent_doc=self, parentfield=field.fieldname, as_dict=True
				)
				for row in rows:
					row.update_if_missing(template)

	def set_user_and_timestamp(self):
		self.__dict__["_original_modified"] = self.modified
		self.modified = frappe.utils.now()
		self.modified_by = frappe.session.user
		if self.is_new() or not self.creation:
			self.creation = self.modified
		if self.is_new() or not self.owner:
			self.owner = self.flags.owner or self.modified_by
		for child in self.get_all_children():
			child.modified, child.modified_by = self.modified, self.modified_by
			child.owner = child.owner or self.owner
			child.creation = child.creation or self.creation

	def set_docstatus(self):
		self.docstatus = DocStatus(frappe.utils.cint(self.docstatus))
		for child in self.get_all_children():
			child.docstatus = self.docstatus

	def check_if_latest(self):
		"""Lock and read the stored record; refuse a stale one; decide what this save is."""
		self.load_doc_before_save(raise_exception=True)
		self._action = "save"
		previous = self.get_doc_before_save()
		if not previous:
			self.check_docstatus_transition(0)
			return
		if cstr(previous.modified) != cstr(self._original_modified) and not (
			self.meta.issingle and not self._original_modified
		):
			frappe.msgprint(
				_("Error: Document has been modified after you have opened it")
				+ f" ({previous.modified}, {self.modified}). "
				+ _("Please refresh to get the latest document."),
				raise_exception=frappe.TimestampMismatchError,
			)
		if not self.meta.issingle:
			self.check_docstatus_transition(previous.docstatus)

	def check_docstatus_transition(self, to_docstatus):
		before, after = int(to_docstatus), int(self.docstatus)
		if before == 2:
			frappe.throw(_("Cannot edit cancelled document"))
		if (before, after) not in TRANSITIONS:
			names = (_("Draft"), _("Submitted"), _("Cancelled"))
			raise frappe.DocstatusTransitionError(
				_("Cannot change docstatus from {0} ({1}) to {2} ({3})").format(
					before, names[before], after, names[after] if after in (0, 1, 2) else "?"
				)
			)
		self._action, ptype = TRANSITIONS[before, after]
		if ptype and (before, after) != (0, 0):
			self.check_permission(ptype)

	def set_new_name(self, force: bool = False, set_name=None, set_child_names: bool = True):
		if self.flags.name_set and not force:
			return
		if set_name:
			self.name = set_name
		else:
			set_new_name(self)
		if set_child_names:
			self.set_name_in_children()
		self.flags.name_set = True

	def set_name_in_children(self):
		for child in self.get_all_children():
			if not child.name:
				set_new_name(child)

	def set_parent_in_children(self):
		for field in self.meta.get_table_fields():
			for child in self.get(field.fieldname):
				child.parent, child.parenttype, child.parentfield = self.name, self.doctype, field.fieldname

	def validate_higher_perm_levels(self):
		"""Put back fields of levels that the user may not write."""
		if self.flags.ignore_permissions or frappe.local.flags.in_install:
			return
		if frappe.session.user == "Administrator":
			return
		levels = self.get_permlevel_access()
		if self.meta.get_high_permlevel_fields():
			self.reset_values_if_no_permlevel_access(levels, self.meta.get_high_permlevel_fields())
		if self.is_new() and not self.meta.get_table_fields():
			return
		for field in self.meta.get_table_fields():
			high = frappe.get_meta(field.options).get_high_permlevel_fields()
			for row in self.get(field.fieldname) if high else ():
				row.reset_values_if_no_permlevel_access(levels, high)

	def run_before_save_methods(self):
		if self._action in ("save", "submit"):
			self.run_method("before_validate")
		if self.flags.ignore_validate:
			return
		for method in BEFORE[self._action]:
			self.run_method(method)

	def run_post_save_methods(self):
		for method in AFTER[self._action]:
			self.run_method(method)
		if self._action == "cancel":
			self.check_no_back_links_exist()
		frappe.clear_document_cache(self.doctype, self.name)
		self.notify_update()
		self.save_version()
		self.run_method("on_change")

	def _validate(self):
		self._validate_mandatory()
		for row in (self, *self.get_all_children()):
			row._validate_data_fields()
			row._validate_selects()
			row._validate_non_negative()
			row._validate_length()
			row._fix_rating_value()
			row._validate_code_fields()
			row._sanitize_content()
		self._sync_autoname_field()
		self._save_passwords()
		self.validate_workflow()
		if not self.is_new():
			self._validate_constants(self.get_doc_before_save())

	def _validate_mandatory(self):
		if self.flags.ignore_mandatory:
			return
		missing = self._missing_mandatory()
		for row in self.get_all_children():
			missing.extend(row._missing_mandatory())
		if not missing:
			return
		for _name, text in missing:
			frappe.msgprint(text)
		names = ", ".join(name for name, _text in missing)
		raise frappe.MandatoryError(f"[{self.doctype}, {self.name}]: {names}")

	def _sync_autoname_field(self):
		autoname = self.meta.autoname or ""
		if autoname.startswith("field:"):
			fieldname = autoname[6:]
			if self.name and self.name != self.get(fieldname):
				self.set(fieldname, self.name)

	def validate_workflow(self):
		from frappe.model import workflow

		name = self.meta.get_workflow()
		if not name:
			return
		workflow.validate_workflow(self)
		if self._action != "save":
			workflow.set_workflow_state_on_action(self, name, self._action)

	def validate_update_after_submit(self):
		if self.flags.ignore_validate_update_after_submit:
			return
		before = self.get_doc_before_save()
		self._validate_update_after_submit(before)
		old_rows = {row.name: row for row in before.get_all_children()}
		for row in self.get_all_children():
			field = self.meta.get_field(row.parentfield)
			if row.name in old_rows:
				row._validate_update_after_submit(old_rows[row.name])
			elif not field.allow_on_submit:
				self._not_after_submit(field)

	def update_children(self):
		"""Write child rows in place, delete those that are gone."""
		before = self.get_doc_before_save()
		for field in self.meta.get_table_fields():
			if field.fieldname in (self.flags.ignore_children_type or []):
				continue
			rows = self.get(field.fieldname)
			for row in rows:
				row.db_update()
			kept = {row.name for row in rows}
			gone = [
				row.name for row in (before.get(field.fieldname) if before else ()) if row.name not in kept
			]
			if gone:
				frappe.db.delete(field.options, {"name": ("in", gone), "parent": self.name})

	def update_single(self, values):
		frappe.db.sql("DELETE FROM `tabSingles` WHERE doctype = %s", [self.doctype])
		rows = [
			(self.doctype, key, value)
			for key, value in values.items()
			if key not in ("doctype", "name", "docstatus", "idx", "parent")
		]
		frappe.db.executemany("INSERT INTO `tabSingles` (doctype, field, value) VALUES (%s, %s, %s)", rows)
		frappe.db.value_cache.clear()
