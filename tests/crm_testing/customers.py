"""Customers, staff users and interactions for tests."""

import frappe


def make_customer(**values):
	values = {"customer_name": "Li Wei", "customer_type": "Individual"} | values
	return frappe.get_doc({"doctype": "CRM Customer", **values}).insert()


def make_tag(tag_name: str = "Regular") -> str:
	if not frappe.db.exists("CRM Tag", tag_name):
		frappe.get_doc({"doctype": "CRM Tag", "tag_name": tag_name}).insert()
	return tag_name


def make_interaction(customer: str, **values):
	values = {"subject": "Asked about delivery", "channel": "Phone", "direction": "Incoming"} | values
	return frappe.get_doc({"doctype": "CRM Interaction", "customer": customer, **values}).insert()


def make_user(email: str, *roles: str) -> str:
	if not frappe.db.exists("User", email):
		user = {"doctype": "User", "email": email, "first_name": email.split("@")[0], "send_welcome_email": 0}
		frappe.get_doc({**user, "roles": [{"role": role} for role in roles]}).insert(ignore_permissions=True)
	return email


def make_employee(name: str, user: str, reports_to: str | None = None) -> str:
	"""The name of a CRM Employee record for `user`."""
	values = {"employee_name": name, "user": user, "reports_to": reports_to}
	return frappe.get_doc({"doctype": "CRM Employee", **values}).insert(ignore_mandatory=True).name


def history(doc, table: str, *columns: str) -> list[tuple]:
	return [tuple(row.get(column) for column in columns) for row in doc.get(table)]
