"""Assigning records to people: a ToDo each, and `_assign` on the record."""

import json

import frappe
from frappe import _


def write_assignees(doctype: str, name: str):
	"""Keep the record's `_assign` list equal to its open ToDos."""
	users = frappe.get_all(
		"ToDo",
		{"reference_type": doctype, "reference_name": name, "status": ("not in", ["Cancelled", "Closed"])},
		pluck="allocated_to",
	)
	if frappe.db.exists(doctype, name):
		value = json.dumps([user for user in users if user])
		frappe.db.set_value(doctype, name, "_assign", value, update_modified=False)


@frappe.whitelist()
def add(args=None, *, ignore_permissions: bool = False):
	"""Assign a record: args = {assign_to: [users], doctype, name, description, date, priority}."""
	args = _arguments(args or dict(frappe.local.form_dict), "doctype", "name", "assign_to")
	_check_target(args, ignore_permissions)
	for user in frappe.parse_json(args["assign_to"]):
		filters = {
			"reference_type": args["doctype"],
			"reference_name": args["name"],
			"status": "Open",
			"allocated_to": user,
		}
		if frappe.db.exists("ToDo", filters):
			continue
		text = args.get("description") or _("Assignment for {0} {1}").format(_(args["doctype"]), args["name"])
		frappe.get_doc(
			doctype="ToDo",
			description=text,
			priority=args.get("priority") or "Medium",
			date=args.get("date") or frappe.utils.nowdate(),
			assigned_by=frappe.session.user,
			**filters,
		).insert(ignore_permissions=True)
	return _open(args)


def _arguments(given, *names: str) -> dict:
	args = frappe.parse_json(given)
	missing = [name for name in names if not isinstance(args, dict) or not args.get(name)]
	if missing:
		frappe.throw(_("Missing argument: {0}").format(", ".join(missing)), frappe.FrappeTypeError)
	return args


def _check_target(args: dict, ignore_permissions: bool = False) -> None:
	target = frappe.get_doc(args["doctype"], args["name"])
	if not ignore_permissions:
		target.check_permission("read")


@frappe.whitelist()
def get(args=None, **kwargs):
	"""Who a record is assigned to, for its readers."""
	args = _arguments(args or kwargs, "doctype", "name")
	_check_target(args)
	return _open(args)


def _open(args: dict) -> list:
	return frappe.get_all(
		"ToDo",
		{
			"reference_type": args["doctype"],
			"reference_name": args["name"],
			"status": ("not in", ["Cancelled", "Closed"]),
		},
		["allocated_to as owner", "name"],
		limit_page_length=5,
	)


@frappe.whitelist()
def remove(doctype: str, name: str, assign_to: str, ignore_permissions: bool = False):
	return _close(doctype, name, assign_to, "Cancelled", ignore_permissions)


@frappe.whitelist()
def close(doctype: str, name: str, assign_to: str, ignore_permissions: bool = False):
	return _close(doctype, name, assign_to, "Closed", ignore_permissions)


def _close(doctype, name, user, status, ignore_permissions):
	if not ignore_permissions:
		frappe.get_doc(doctype, name).check_permission("read")
	for todo in frappe.get_all(
		"ToDo",
		{"reference_type": doctype, "reference_name": name, "allocated_to": user, "status": "Open"},
		pluck="name",
	):
		doc = frappe.get_doc("ToDo", todo)
		doc.status = status
		doc.save(ignore_permissions=True)
	return _open({"doctype": doctype, "name": name})


def clear(doctype: str, name: str, ignore_permissions: bool = False):
	"""Cancel every assignment of a record."""
	for row in _open({"doctype": doctype, "name": name}):
		_close(doctype, name, row.owner, "Cancelled", ignore_permissions)
