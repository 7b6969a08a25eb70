"""A record: its life cycle in Frappe's order."""

import frappe
from frappe import _
from frappe.exceptions import DoesNotExistError
from frappe.model.base_document import BaseDocument, get_controller
from frappe.model.docstatus import DocStatus
from frappe.model.document_extras import DocumentExtras
from frappe.model.links import validate_links
from frappe.model.naming import set_new_name
from frappe.types import _dict
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


class Document(DocumentExtras, BaseDocument):
	"""Controllers inherit this."""

	_action = None

	def __init__(self, *args, **kwargs):
		self.__dict__["_doc_before_save"] = None
		self.flags = _dict()
		if args and isinstance(args[0], str):
			self.doctype = args[0]
			self.name = args[1] if len(args) > 1 else args[0]
			self.flags.for_update = kwargs.get("for_update")
			self.load_from_db()
			return
		values = dict(args[0]) if args else kwargs
		if not values.get("doctype"):
			raise ValueError("doctype is needed")
		super().__init__(values)

	# -- loading

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

	# -- saving

	def insert(
		self,
		ignore_permissions=None,
		ignore_links=None,
		ignore_if_duplicate: bool = False,
		ignore_mandatory=None,
		set_name=None,
		set_child_names: bool = True,
	):
		"""Write a new record and its child rows."""
		self._set_flags(ignore_permissions, ignore_links, ignore_mandatory)
		self.__dict__["__islocal"] = True
		self._set_defaults()
		self.set_user_and_timestamp()
		self.set_docstatus()
		self.check_if_latest()
		validate_links(self)
		self.check_permission("create")
		self.run_method("before_insert")
		self.set_new_name(set_name=set_name, set_child_names=set_child_names)
		self.set_parent_in_children()
		self.validate_higher_perm_levels()
		self.flags.in_insert = True
		self.run_before_save_methods()
		self._validate()
		self.set_docstatus()
		self.flags.in_insert = False
		if self.meta.issingle:
			self.update_single(self.get_valid_dict())
		else:
			self.db_insert(ignore_if_duplicate=ignore_if_duplicate)
		for child in self.get_all_children():
			child.db_insert()
		self.run_method("after_insert")
		self.flags.in_insert = True
		self.run_post_save_methods()
		self.flags.in_insert = False
		self._clear_local_marks()
		return self

	def save(self, *args, **kwargs):
		"""Write changes; a new document is inserted."""
		return self._save(*args, **kwargs)

	def _save(self, ignore_permissions=None, ignore_version=None):
		self._set_flags(ignore_permissions, None, None)
		self.flags.ignore_version = frappe.local.flags.in_test if ignore_version is None else ignore_version
		if self.get("__islocal") or not self.get("name"):
			return self.insert()
		self._set_defaults()  # of rows that were added
		self.check_permission("write", "save")
		self.set_user_and_timestamp()
		self.set_docstatus()
		self.check_if_latest()
		self.set_parent_in_children()
		self.set_name_in_children()
		self.validate_higher_perm_levels()
		validate_links(self)
		self.run_before_save_methods()
		if self._action != "cancel":
			self._validate()
		if self._action == "update_after_submit":
			self.validate_update_after_submit()
		self.set_docstatus()
		if self.meta.issingle:
			self.update_single(self.get_valid_dict())
		else:
			self.db_update()
		self.update_children()
		self.run_post_save_methods()
		self._clear_local_marks()
		return self

	def _set_flags(self, ignore_permissions, ignore_links, ignore_mandatory):
		if ignore_permissions is not None:
			self.flags.ignore_permissions = ignore_permissions
		if ignore_links is not None:
			self.flags.ignore_links = ignore_links
		if ignore_mandatory is not None:
			self.flags.ignore_mandatory = ignore_mandatory

	def _clear_local_marks(self):
		for row in (self, *self.get_all_children()):
			row.__dict__.pop("__islocal", None)
			row.__dict__.pop("__unsaved", None)

	def submit(self):
		"""docstatus 0 -> 1"""
		self.docstatus = DocStatus.submitted()
		return self.save()

	def cancel(self):
		"""docstatus 1 -> 2"""
		self.docstatus = DocStatus.cancelled()
		return self.save()

	_submit, _cancel = submit, cancel

	def discard(self):
		raise frappe.NotInHost("discard is not part of Frappe v15")

	def delete(
		self, ignore_permissions: bool = False, force: bool = False, *, delete_permanently: bool = False
	):
		return frappe.delete_doc(
			self.doctype,
			self.name,
			ignore_permissions=ignore_permissions,
			flags=self.flags,
			force=force,
			delete_permanently=delete_permanently,
		)

	def rename(self, name: str, merge: bool = False, force: bool = False, validate_rename: bool = True):
		self.name = frappe.rename_doc(self.doctype, self.name, name, merge=merge, force=force)
		self.reload()

	# -- the steps

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
		frappe.local.flags.currently_saving.append((self.doctype, self.name))

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
		if (self.doctype, self.name) in frappe.local.flags.currently_saving:
			frappe.local.flags.currently_saving.remove((self.doctype, self.name))

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

	def run_method(self, method: str, *args, **kwargs):
		"""The controller's method, then the hooks of this DocType, then those of `*`."""
		result = None
		own = getattr(self, method, None)
		if callable(own):
			result = own(*args, **kwargs)
		for path in doc_event_handlers(self.doctype, method):
			answer = frappe.get_attr(path)(self, method, *args, **kwargs)
			result = answer if answer is not None else result
		return result


def doc_event_handlers(doctype: str, method: str) -> list[str]:
	events = frappe.get_hooks("doc_events", {})
	if not events:
		return []
	handlers = []
	for key, branch in events.items():
		names = [key] if isinstance(key, str) else list(key)
		if doctype in names:
			handlers += branch.get(method, [])
	return handlers + events.get("*", {}).get(method, [])


def get_doc(*args, **kwargs):
	"""Load by doctype and name, build from a dict, or read a Single."""
	if args and isinstance(args[0], BaseDocument):
		return args[0]
	if args and isinstance(args[0], str):
		return get_controller(args[0])(*args, **kwargs)
	values = args[0] if args else kwargs
	if isinstance(values, dict) and values.get("doctype"):
		return get_controller(values["doctype"])(values)
	raise ValueError("First non keyword argument must be a string or dict")


def bulk_insert(doctype: str, documents, ignore_duplicates: bool = False, chunk_size: int = 10_000):
	"""Write documents and their child rows in bulk: no hooks, no validation, names and stamps only."""
	tables = {}
	for doc in documents:
		now = frappe.utils.now()
		if not doc.name:
			doc.set_new_name()
		doc.set_parent_in_children()
		for row in (doc, *doc.get_all_children()):
			row.creation, row.modified = row.creation or now, row.modified or now
			row.owner, row.modified_by = (
				row.owner or frappe.session.user,
				row.modified_by or frappe.session.user,
			)
			tables.setdefault(row.doctype, []).append(row.get_valid_dict())
	for table, rows in tables.items():
		columns = list(rows[0])
		frappe.db.bulk_insert(
			table, columns, [tuple(row.values()) for row in rows], ignore_duplicates, chunk_size=chunk_size
		)
