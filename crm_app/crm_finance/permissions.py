"""Who sees and touches which expense requests and budgets. The same answer on form, list, report and REST."""

import frappe

from crm_app.crm_workforce import org
from crm_app.roles import FINANCE, GENERAL_MANAGER, MANAGER

WIDE = {"System Manager", FINANCE, GENERAL_MANAGER, MANAGER}


def sees_everything(user: str) -> bool:
	return user == "Administrator" or bool(WIDE & set(frappe.get_roles(user)))


def request_condition(user: str | None = None, doctype: str | None = None) -> str:
	"""One's own requests, those of the people and departments below, and those one decides on."""
	user = user or frappe.session.user
	if sees_everything(user):
		return ""
	table = "`tabExpense Request`"
	people = org.employees_of(user) | org.subordinate_employees(user)
	parts = [
		f"{table}.`owner` = {frappe.db.escape(user)}",
		f"{table}.`department_approver` = {frappe.db.escape(user)}",
		_among(f"{table}.`employee`", people),
		_among(f"{table}.`department`", org.headed_departments(user)),
	]
	return f"({' or '.join(part for part in parts if part)})"


def request_permission(doc, ptype: str = "read", user: str | None = None, **_more) -> bool:
	"""Judges the stored record, so that no value in a request decides about its own permission."""
	user = user or frappe.session.user
	stored = _stored("Expense Request", doc.name, ["owner", "employee", "department", "department_approver"])
	if user == "Administrator" or not stored:
		return True
	own = user == stored.owner or stored.employee in org.employees_of(user)
	if ptype in ("write", "delete") and stored.status_category in ("Draft", "Rejected"):
		return own or "System Manager" in frappe.get_roles(user)
	return (
		own
		or sees_everything(user)
		or user == stored.department_approver
		or stored.employee in org.subordinate_employees(user)
		or stored.department in org.headed_departments(user)
	)


def department_condition(user: str | None = None, doctype: str | None = None) -> str:
	"""Budgets, their balances and entries: a head sees the own departments and those under them."""
	user = user or frappe.session.user
	if sees_everything(user):
		return ""
	return _among(f"`tab{doctype}`.`department`", org.headed_departments(user)) or "1 = 0"


def department_permission(doc, ptype: str = "read", user: str | None = None, **_more) -> bool:
	user = user or frappe.session.user
	if sees_everything(user):
		return True
	stored = _stored(doc.doctype, doc.name, ["department"])
	headed = org.headed_departments(user)
	asked = {stored.department, doc.get("department")} if stored else {doc.get("department")}
	return asked - {None, ""} <= headed


def _stored(doctype: str, name: str | None, fields: list[str]):
	fields = [*fields, "status_category"] if frappe.get_meta(doctype).has_field("status_category") else fields
	return frappe.db.get_value(doctype, name, fields, as_dict=True) if name else None


def _among(column: str, names: set[str]) -> str:
	if not names:
		return ""
	return f"{column} in ({', '.join(frappe.db.escape(name) for name in sorted(names))})"
