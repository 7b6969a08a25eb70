"""Who decides on an employee's expenses: the reporting line."""

import frappe
from frappe import _

from crm_app.crm_finance.domain.approval import first_other
from crm_app.crm_workforce.org import department_path, department_rows
from crm_app.roles import DEPARTMENT_HEAD, GENERAL_MANAGER


def department_approver(employee: str, department: str, requesters: set[str]) -> str | None:
	"""The head of the department; when that is a requester, their superior; then the heads further up."""
	heads = [_user_of(department_rows()[name].head) for name in department_path(department)]
	return first_other([heads[0], *superiors(employee), *heads[1:]], requesters)


def superiors(employee: str) -> list[str]:
	"""Users up the reporting line of an employee, nearest first."""
	parents = dict(frappe.get_all("CRM Employee", fields=["name", "reports_to"], as_list=True))
	line, current = [], parents.get(employee)
	while current and current not in line:
		line.append(current)
		current = parents.get(current)
	return [user for user in map(_user_of, line) if user]


def check_approver(user: str | None, department: str) -> None:
	"""Before a request leaves the requester's hands: somebody must be able to take the next step."""
	if not user:
		frappe.throw(
			_("Department {0} has no head (or other superior) who could approve this.").format(department),
			title=_("No Approver"),
		)
	if not {DEPARTMENT_HEAD, GENERAL_MANAGER} & set(frappe.get_roles(user)):
		frappe.throw(
			_("{0} approves for {1} but has neither the role {2} nor {3}.").format(
				user, department, _(DEPARTMENT_HEAD), _(GENERAL_MANAGER)
			),
			title=_("No Approver"),
		)


def _user_of(employee: str | None) -> str | None:
	return frappe.db.get_value("CRM Employee", employee, "user") if employee else None
