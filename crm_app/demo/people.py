"""The firm: users, employees with their reporting line, departments with their heads."""

import frappe
from frappe import _
from frappe.utils import add_days, add_months
from frappe.utils.password import update_password

from crm_app import roles
from crm_app.demo.world import World, ensure, make

PASSWORD = "demo"
# key: (log-in, first name, last name, roles)
USERS = {
	"sales": ("sales@demo.crm", "晓丽", "孙", (roles.SALES,)),
	"sales2": ("sales2@demo.crm", "Daniel", "Reed", (roles.SALES,)),
	"sales3": ("sales3@demo.crm", "志远", "马", (roles.SALES,)),
	"service": ("service@demo.crm", "文静", "林", (roles.SERVICE,)),
	"service2": ("service2@demo.crm", "Karen", "Ho", (roles.SERVICE,)),
	"marketing": ("marketing@demo.crm", "Alice", "Tan", (roles.MARKETING,)),
	"finance": ("finance@demo.crm", "磊", "赵", (roles.FINANCE,)),
	"finance2": ("finance2@demo.crm", "Joyce", "Lam", (roles.FINANCE,)),
	"manager": ("manager@demo.crm", "海伦", "周", (roles.MANAGER, roles.DEPARTMENT_HEAD)),
	"head": ("head@demo.crm", "Martin", "Liu", (roles.DEPARTMENT_HEAD,)),
	"gm": ("gm@demo.crm", "建国", "陈", (roles.GENERAL_MANAGER,)),
}

# department: (parent, key of the head)
DEPARTMENTS = {
	"Head Office": (None, "gm"),
	"Sales": ("Head Office", "head"),
	"Stores": ("Sales", "head"),
	"Marketing": ("Head Office", "manager"),
	"Customer Service": ("Head Office", "manager"),
	"Finance": ("Head Office", "gm"),
}

# key, name, department, superior's key, job title, gender, months with the firm
EMPLOYEES = (
	("gm", "陈建国", "Head Office", None, "General Manager", "Male", 120),
	("head", "Martin Liu", "Sales", "gm", "Head of Sales", "Male", 84),
	("manager", "周海伦", "Marketing", "gm", "Head of Customer Relations", "Female", 72),
	("finance", "赵磊", "Finance", "gm", "Finance Manager", "Male", 66),
	("finance2", "Joyce Lam", "Finance", "finance", "Accountant", "Female", 20),
	("sales", "孙晓丽", "Sales", "head", "Account Manager", "Female", 40),
	("sales2", "Daniel Reed", "Sales", "head", "Account Manager", "Male", 28),
	("sales3", "马志远", "Sales", "head", "Account Manager", "Male", 15),
	("service", "林文静", "Customer Service", "manager", "Service Adviser", "Female", 36),
	("service2", "Karen Ho", "Customer Service", "manager", "Service Adviser", "Female", 18),
	("marketing", "Alice Tan", "Marketing", "manager", "Campaign Manager", "Female", 30),
	("store_sh", "许文强", "Stores", "head", "Store Manager", "Male", 58),
	("store_bj", "韩雪", "Stores", "head", "Store Manager", "Female", 44),
	("store_gz", "梁家辉", "Stores", "head", "Store Manager", "Male", 39),
	("store_cd", "蒋小川", "Stores", "head", "Store Manager", "Male", 26),
	("clerk", "沈佳宜", "Stores", "store_sh", "Shop Assistant", "Female", 14),
	("clerk2", "田野", "Stores", "store_bj", "Shop Assistant", "Male", 9),
)
SKILLS = (
	("茶艺", "Expert"), ("Negotiation", "Advanced"), ("English", "Advanced"), ("数据分析", "Intermediate"),
	("Complaint Handling", "Advanced"), ("粤语", "Expert"), ("Visual Merchandising", "Intermediate"),
)  # fmt: skip
TRAININGS = (
	("Handling Difficult Conversations", "In house", 8, "Passed"),
	("茶叶知识与品鉴", "中国茶叶学会", 24, "Passed"),
	("Data Protection Basics", "Online", 3, "Attended"),
)

LOGINS = [
	{"user": "Administrator", "password": "admin", "label": "Administrator"},
	{"user": "sales@demo.crm", "password": PASSWORD, "label": "Sales"},
	{"user": "service@demo.crm", "password": PASSWORD, "label": "Service"},
	{"user": "marketing@demo.crm", "password": PASSWORD, "label": "Marketing"},
	{"user": "finance@demo.crm", "password": PASSWORD, "label": "Finance"},
	{"user": "manager@demo.crm", "password": PASSWORD, "label": "CRM Manager"},
	{"user": "head@demo.crm", "password": PASSWORD, "label": "Department Head"},
	{"user": "gm@demo.crm", "password": PASSWORD, "label": "General Manager"},
]


def create(world: World) -> None:
	create_users(world)
	for name, (parent, _head) in DEPARTMENTS.items():
		ensure("CRM Department", name, department_name=name, parent_department=parent)
	for number, row in enumerate(EMPLOYEES):
		add_employee(world, number, *row)
	for name, (_parent, head) in DEPARTMENTS.items():
		set_head(name, world.staff[head])
	show_changes(world)
	world.progress(_("Employees"), len(EMPLOYEES))


def create_users(world: World) -> None:
	for key, (email, first, last, held) in USERS.items():
		world.users[key] = email
		if not frappe.db.exists("User", email):
			add_user(email, first, last, (*held, roles.STAFF))
	world.progress(_("Users"), len(USERS))


def add_user(email: str, first: str, last: str, held: tuple[str, ...]) -> None:
	user = frappe.get_doc(
		{
			"doctype": "User",
			"email": email,
			"first_name": first,
			"last_name": last,
			"send_welcome_email": 0,
			"roles": [{"role": role} for role in held],
		}
	)
	user.flags.no_welcome_mail = True
	user.insert()
	update_password(email, PASSWORD)


def add_employee(world: World, number: int, key, name, department, superior, title, gender, months) -> None:
	joined = add_months(world.today, -months)
	skill, level = SKILLS[number % len(SKILLS)]
	training, provider, hours, result = TRAININGS[number % len(TRAININGS)]
	employee = make(
		"CRM Employee",
		employee_name=name,
		user=world.users.get(key),
		department=department,
		reports_to=world.staff.get(superior),
		job_title=title,
		gender=gender,
		joined_on=joined,
		birthday=add_days(add_months(joined, -12 * (23 + number)), number * 17),
		education=("Bachelor", "College", "Master")[number % 3],
		mobile_no=f"+861990000{number:04d}",
		email_id=world.users.get(key),
		skills=[{"skill": skill, "level": level, "assessed_on": add_days(world.today, -90)}],
		trainings=[{"training": training, "provider": provider, "hours": hours, "result": result}],
	)
	world.staff[key] = employee.name


def set_head(department: str, employee: str) -> None:
	doc = frappe.get_doc("CRM Department", department)
	if not doc.head:
		doc.head = employee
		doc.save()


def show_changes(world: World) -> None:
	"""Somebody was moved, somebody is away, somebody has left."""
	clerk = frappe.get_doc("CRM Employee", world.staff["clerk"])
	clerk.update({"department": "Customer Service", "reports_to": world.staff["manager"]})
	clerk.update({"job_title": "Service Assistant"})
	clerk.save()
	away = frappe.get_doc("CRM Employee", world.staff["store_cd"])
	away.status = "On Leave"
	away.save()
	gone = frappe.get_doc("CRM Employee", world.staff["clerk2"])
	gone.update({"status": "Left", "left_on": add_days(world.today, -40)})
	gone.save()
