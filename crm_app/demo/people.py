"""Departments, employees and the users that try the CRM."""

import frappe
from frappe.utils import add_days, nowdate
from frappe.utils.password import update_password

from crm_app import roles
from crm_app.demo import words

PASSWORD = "demo"
SALES, SERVICE = "sales@demo.crm", "service@demo.crm"
MARKETING, FINANCE = "marketing@demo.crm", "finance@demo.crm"
MANAGER, HEAD, GENERAL = "manager@demo.crm", "head@demo.crm", "gm@demo.crm"
SECOND_SALES = "sales2@demo.crm"

LOGINS = [
	{"user": "Administrator", "password": "admin", "label": "Administrator"},
	{"user": SALES, "password": PASSWORD, "label": "Sales"},
	{"user": SERVICE, "password": PASSWORD, "label": "Service"},
	{"user": MARKETING, "password": PASSWORD, "label": "Marketing"},
	{"user": FINANCE, "password": PASSWORD, "label": "Finance"},
	{"user": MANAGER, "password": PASSWORD, "label": "Manager"},
	{"user": HEAD, "password": PASSWORD, "label": "Department Head"},
	{"user": GENERAL, "password": PASSWORD, "label": "General Manager"},
]

# user, name, gender, department, job, roles besides CRM Staff; superiors come first
STAFF = (
	(GENERAL, "何建国", "Male", "Head Office", "General Manager", (roles.GENERAL_MANAGER,)),
	(MANAGER, "Grace Wilson", "Female", "Head Office", "CRM Manager", (roles.MANAGER,)),
	(HEAD, "林志强", "Male", "Sales", "Head of Sales", (roles.DEPARTMENT_HEAD, roles.SALES)),
	(SALES, "王芳", "Female", "Sales", "Account Manager", (roles.SALES,)),
	(SECOND_SALES, "Daniel Carter", "Male", "Sales", "Account Manager", (roles.SALES,)),
	(SERVICE, "陈静", "Female", "Customer Service", "Service Agent", (roles.SERVICE,)),
	(MARKETING, "李明", "Male", "Marketing", "Campaign Planner", (roles.MARKETING,)),
	(FINANCE, "赵丽娟", "Female", "Finance", "Controller", (roles.FINANCE,)),
)
REPORTS_TO = {MANAGER: GENERAL, HEAD: GENERAL, FINANCE: GENERAL, SALES: HEAD, SECOND_SALES: HEAD}
DEPARTMENTS = {  # department → its head
	"Head Office": GENERAL,
	"Sales": HEAD,
	"Customer Service": HEAD,
	"Marketing": HEAD,
	"Finance": GENERAL,
}
ASSISTANTS = 12
SHOP_ROLES = ("Shop Assistant", "Cashier", "Tea Master")


def install(rng) -> None:
	for user, name, _gender, _department, _job, extra in STAFF:
		ensure_user(user, name, extra)
	for department in DEPARTMENTS:
		parent = None if department == "Head Office" else "Head Office"
		_insert("CRM Department", department_name=department, parent_department=parent)
	employees = {user: _employ(rng, *row) for user, *row in _with_superiors()}
	for department, user in DEPARTMENTS.items():
		record = frappe.get_doc("CRM Department", department)
		record.update({"head": employees[user]})
		record.save()
	for number in range(ASSISTANTS):
		_employ_assistant(rng, number, employees[HEAD])


def ensure_user(email: str, full_name: str, extra: tuple[str, ...]) -> None:
	if frappe.db.exists("User", email):
		return
	first, _blank, last = full_name.partition(" ")
	held = [{"role": role} for role in (*extra, roles.STAFF)]
	user = frappe.get_doc(
		{"doctype": "User", "email": email, "first_name": first, "last_name": last, "roles": held}
	)
	user.update({"send_welcome_email": 0, "enabled": 1, "user_type": "System User"})
	user.flags.no_welcome_mail = True
	user.insert()
	update_password(email, PASSWORD)


def _with_superiors():
	for user, name, gender, department, job, _roles in STAFF:
		yield (
			user,
			user,
			name,
			gender,
			department,
			job,
			REPORTS_TO.get(user, HEAD if user != GENERAL else None),
		)


def _employ(rng, user: str, name: str, gender: str, department: str, job: str, boss: str | None) -> str:
	superior = frappe.db.get_value("CRM Employee", {"user": boss}) if boss else None
	return _insert(
		"CRM Employee",
		employee_name=name,
		user=user,
		gender=gender,
		department=department,
		job_title=job,
		reports_to=superior,
		email_id=user,
		joined_on=add_days(nowdate(), -rng.randint(400, 3000)),
	)


def _employ_assistant(rng, number: int, head: str) -> None:
	gender = rng.choice(["Female", "Male"])
	_insert(
		"CRM Employee",
		employee_name=words.SURNAMES[number] + rng.choice(words.GIVEN[gender]),
		gender=gender,
		department="Sales",
		job_title=SHOP_ROLES[number % len(SHOP_ROLES)],
		reports_to=head,
		joined_on=add_days(nowdate(), -rng.randint(60, 1500)),
	)


def _insert(doctype: str, **values) -> str:
	return frappe.get_doc({"doctype": doctype, **values}).insert().name
