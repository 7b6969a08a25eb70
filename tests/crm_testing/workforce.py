"""People: users with roles, employees and departments."""

from contextlib import contextmanager

import frappe

PEOPLE = {
	"gm@example.com": ("CRM General Manager", "CRM Staff"),
	"head@example.com": ("CRM Department Head", "CRM Staff"),
	"finance@example.com": ("CRM Finance User", "CRM Staff"),
	"staff@example.com": ("CRM Staff",),
	"other@example.com": ("CRM Staff",),
}


@contextmanager
def settled_people():
	"""The users of PEOPLE, really committed, and taken away afterwards."""
	made = [email for email in PEOPLE if not frappe.db.exists("User", email)]
	for email, roles in PEOPLE.items():
		make_user(email, *roles)
	frappe.db.commit()
	yield PEOPLE
	for email in made:
		frappe.delete_doc("User", email, force=True, ignore_permissions=True)
	frappe.db.commit()


def make_user(email: str, *roles: str):
	"""The user, made when missing, with exactly these roles."""
	if frappe.db.exists("User", email):
		user = frappe.get_doc("User", email)
		user.set("roles", [])
	else:
		user = frappe.new_doc("User")
		user.update(
			{"email": email, "first_name": email.split("@")[0], "send_welcome_email": 0, "enabled": 1}
		)
	for role in roles:
		user.append("roles", {"role": role})
	user.flags.no_welcome_mail = True
	return user.save(ignore_permissions=True)


def make_department(name: str = "Test Sales", **values):
	if frappe.db.exists("CRM Department", name):
		department = frappe.get_doc("CRM Department", name)
		department.update(values)
		return department.save()
	return frappe.get_doc({"doctype": "CRM Department", "department_name": name, **values}).insert()


def make_employee(name: str, user: str | None = None, department: str = "Test Sales", **values):
	values = {"employee_name": name, "user": user, "department": department, **values}
	return frappe.get_doc({"doctype": "CRM Employee", **values}).insert()


def make_company(department: str = "Test Sales"):
	"""Staff, other and finance under a head and a general manager; needs the fixture `people`."""
	make_department(department)
	gm = make_employee("Test GM", "gm@example.com", department)
	head = make_employee("Test Head", "head@example.com", department, reports_to=gm.name)
	staff = make_employee("Test Staff", "staff@example.com", department, reports_to=head.name)
	other = make_employee("Test Other", "other@example.com", department, reports_to=head.name)
	finance = make_employee("Test Finance", "finance@example.com", department, reports_to=gm.name)
	make_department(department, head=head.name)
	return frappe._dict(gm=gm, head=head, staff=staff, other=other, finance=finance, department=department)
