"""Who works under whom. One query per request, whatever the size of the tree."""

import frappe

from crm_app.crm_workforce.domain import tree

CACHE = "crm_org"


def subordinate_users(user: str | None = None) -> set[str]:
	"""Log-ins of everybody below `user` (default: who is logged in) in the reporting line, without `user`."""
	org = _org()
	below = tree.descendants(org["reports_to"], org["employees_of"].get(user or frappe.session.user, set()))
	return {org["user"][name] for name in below if org["user"][name]} - {user or frappe.session.user}


def subordinate_employees(user: str | None = None) -> set[str]:
	"""Names of the CRM Employees below `user`, without the user's own."""
	org = _org()
	own = org["employees_of"].get(user or frappe.session.user, set())
	return tree.descendants(org["reports_to"], own) - own


def employees_of(user: str | None = None) -> set[str]:
	"""The CRM Employee records of a user (normally one)."""
	return _org()["employees_of"].get(user or frappe.session.user, set())


def headed_departments(user: str | None = None) -> set[str]:
	"""Departments whose head is `user`, with everything under them."""
	own = employees_of(user)
	rows = department_rows()
	headed = {name for name, row in rows.items() if row.head in own}
	return headed | tree.descendants({name: row.parent_department for name, row in rows.items()}, headed)


def department_rows() -> dict[str, dict]:
	"""{department: {parent_department, head}}, read once per request."""
	if "departments" not in _cache():
		rows = frappe.get_all("CRM Department", fields=["name", "parent_department", "head"])
		_cache()["departments"] = {row.name: row for row in rows}
	return _cache()["departments"]


def department_path(department: str) -> list[str]:
	"""The department itself, then its ancestors up to the root."""
	parents = {name: row.parent_department for name, row in department_rows().items()}
	return [department, *tree.ancestors(parents, department)]


def forget() -> None:
	"""Called when an employee or a department changes."""
	frappe.flags[CACHE] = None


def _org() -> dict:
	if "reports_to" not in _cache():
		_cache().update(_read_org())
	return _cache()


def _read_org() -> dict:
	rows = frappe.get_all("CRM Employee", fields=["name", "reports_to", "user"])
	employees = {}
	for row in rows:
		if row.user:
			employees.setdefault(row.user, set()).add(row.name)
	return {
		"reports_to": {row.name: row.reports_to for row in rows},
		"user": {row.name: row.user for row in rows},
		"employees_of": employees,
	}


def _cache() -> dict:
	if not frappe.flags.get(CACHE):
		frappe.flags[CACHE] = {}
	return frappe.flags[CACHE]
