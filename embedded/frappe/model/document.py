"""A record: its life cycle in Frappe's order."""

import frappe
from frappe.model.base_document import BaseDocument, get_controller
from frappe.model.docstatus import DocStatus
from frappe.model.document_extras import DocumentExtras
from frappe.model.document_loading import DocumentLoading
from frappe.model.document_steps import DocumentSteps
from frappe.model.links import validate_links
from frappe.types import _dict


class Document(DocumentLoading, DocumentSteps, DocumentExtras, BaseDocument):
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
	raise frappe.InvalidValue("First non keyword argument must be a string or dict")


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
