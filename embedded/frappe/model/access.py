"""Reaching documents: the functions that `import frappe` offers."""

import frappe


def get_doc(*args, **kwargs):
	"""A document by doctype and name, from a dict, or a Single."""
	from frappe.model.document import get_doc

	return get_doc(*args, **kwargs)


def new_doc(doctype: str, *, parent_doc=None, parentfield=None, as_dict: bool = False, **values):
	"""A document with its defaults, not saved."""
	from frappe.model.create_new import get_new_doc

	doc = get_new_doc(doctype, parent_doc, parentfield, as_dict=as_dict)
	return doc.update(values) if values else doc


def get_meta(doctype, cached: bool = True):
	from frappe.model.meta import get_meta

	return get_meta(doctype, cached)


def get_cached_doc(*args, **kwargs):
	"""A document kept for the request."""
	if len(args) < 2 or not isinstance(args[1], str | int):
		args = (args[0], args[0]) if len(args) == 1 else args
	key = ("document", args[0], str(args[1]))
	kept = frappe.local.cache
	if key not in kept:
		kept[key] = get_doc(*args, **kwargs)
	return kept[key]


def get_cached_value(doctype: str, name, fieldname="name", as_dict: bool = False):
	"""A value of a document that is kept for the request."""
	try:
		doc = get_cached_doc(doctype, name)
	except frappe.DoesNotExistError:
		frappe.clear_last_message()
		return None
	if isinstance(fieldname, str):
		return doc.get(fieldname)
	values = frappe._dict((field, doc.get(field)) for field in fieldname)
	return values if as_dict else tuple(values.values())


def get_last_doc(doctype: str, filters=None, order_by="creation desc", *, for_update=False):
	names = get_all(doctype, filters=filters, order_by=order_by, limit_page_length=1, pluck="name")
	if not names:
		raise frappe.DoesNotExistError
	return get_doc(doctype, names[0], for_update=for_update)


def get_single(doctype: str):
	return get_doc(doctype, doctype)


def get_single_value(setting: str, fieldname: str):
	return frappe.db.get_single_value(setting, fieldname)


def get_value(*args, **kwargs):
	return frappe.db.get_value(*args, **kwargs)


def set_value(doctype: str, docname, fieldname, value=None):
	"""Load, set and save: with validation, unlike frappe.db.set_value."""
	doc = get_doc(doctype, docname)
	doc.update(fieldname if isinstance(fieldname, dict) else {fieldname: value})
	doc.save()
	return doc.as_dict()


def get_list(doctype: str, *args, **kwargs):
	"""Rows that the user may read; all of them unless told (REST says 20)."""
	from frappe.model.db_query import DatabaseQuery

	if args:
		kwargs.update(zip(("fields", "filters", "or_filters"), args, strict=False))
	return DatabaseQuery(doctype).execute(**kwargs)


def get_all(doctype: str, *args, **kwargs):
	"""Rows without permission checks."""
	return get_list(doctype, *args, **{**kwargs, "ignore_permissions": True})


def delete_doc(doctype=None, name=None, force=0, **kwargs):
	from frappe.model.delete_doc import delete_doc

	return delete_doc(doctype, name, force=force, **kwargs)


def rename_doc(doctype: str, old, new, force=False, merge=False, **kwargs):
	from frappe.model.rename_doc import rename_doc

	return rename_doc(doctype, old, new, force=force, merge=merge, **kwargs)


def copy_doc(doc, ignore_no_copy: bool = True):
	"""A new document with the values of another, without names, stamps and `no_copy` fields.

	As in real Frappe the docstatus stays while tests run.
	"""
	values = dict(doc) if isinstance(doc, dict) else doc.as_dict()
	drop = ("name", "owner", "creation", "modified", "modified_by", "amended_from", "parent")
	new = get_doc(frappe._dict({k: v for k, v in values.items() if k not in drop}))
	for row in (new, *new.get_all_children()):
		row.__dict__.update(
			name=None, __islocal=1, owner=None, creation=None, modified=None, modified_by=None
		)
		row.docstatus = row.docstatus if frappe.local.flags.in_test else 0
		for field in row.meta.fields:
			if field.no_copy and not ignore_no_copy and field.fieldname in row.__dict__:
				row.set(field.fieldname, None)
	return new


def reload_doc(module: str, dt: str, dn: str, force=False, reset_permissions=False):
	from frappe.modules.sync import import_file

	return import_file(module, dt, dn)
