"""Approved budgets that are about half spent, and expense requests at every step of their way."""

import frappe
from frappe import _
from frappe.utils import add_days, getdate

from crm_app.demo.world import Buyer, World, acting_as, make, move

# department: (category, amount, month or 0 for the year, control)
BUDGETS = {
	"Sales": (
		("Gifts", 60000, 0, "Stop"),
		("Travel", 48000, 0, "Stop"),
		("Events", 40000, 0, "Stop"),
	),
	"Marketing": (
		*(("Advertising", 10000, month, "Warn") for month in range(1, 13)),
		("Gifts", 50000, 0, "Stop"),
		("Events", 80000, 0, "Stop"),
	),
	"Customer Service": (
		("Compensation", 30000, 0, "Stop"),
		("Gifts", 12000, 0, "Stop"),
		("Training", 9000, 0, "Ignore"),
	),
	"Head Office": (("Travel", 60000, 0, "Warn"), ("Training", 30000, 0, "Ignore")),
}
CAMPAIGN_LINE = ("Winter Gift Season", 40000)

CAMPAIGN_COSTS = (
	("Winter Gift Season", "Advertising", (9200, 4300)),
	("Winter Gift Season", "Gifts", (5600,)),
	("会员生日礼遇", "Gifts", (1850,)),
	("Corporate Gifts", "Events", (1200,)),
)

# What was paid this year: key of who asked, category, share of the line, number of requests
SPENT = (
	("sales", "Gifts", 0.18, 3), ("sales2", "Gifts", 0.14, 2), ("sales3", "Gifts", 0.12, 2),
	("sales", "Travel", 0.2, 2), ("sales2", "Travel", 0.2, 2), ("head", "Events", 0.55, 2),
	("marketing", "Gifts", 0.25, 2), ("marketing", "Events", 0.4, 2),
	("service", "Compensation", 0.3, 3), ("service2", "Compensation", 0.2, 2),
	("service", "Gifts", 0.4, 1), ("service2", "Training", 0.5, 1),
	("finance2", "Travel", 0.3, 2), ("finance2", "Training", 0.3, 1),
)  # fmt: skip
LAST_YEAR = (("sales", "Gifts", 0.5, 2), ("sales2", "Travel", 0.8, 2), ("head", "Events", 0.9, 1))
PURPOSES = {
	"Gifts": (
		"客户中秋礼品",
		"Win-back gift",
		"新客户见面礼",
		"Thank-you parcels for good customers",
		"生日礼盒",
	),
	"Travel": ("拜访广州客户", "Visit to Hangzhou customers", "成都门店巡访", "Trip to the buyers' fair"),
	"Events": ("新茶品鉴会场地", "Tasting evening", "客户答谢晚宴"),
	"Advertising": ("公众号推广", "Posters for the stores", "信息流广告"),
	"Compensation": ("投诉赔付", "Goodwill after late delivery", "破损补偿"),
	"Training": ("客服沟通培训", "Course in tea knowledge"),
}

HEAD = (("self", "Submit for Approval"),)
ROADS = {
	"Draft": (),
	"Pending Department Head": HEAD,
	"Pending Finance": (*HEAD, ("head", "Approve")),
	"Pending General Manager": (*HEAD, ("head", "Approve"), ("finance", "Approve")),
	"Rejected": (*HEAD, ("head", "Reject")),
	"Returned": (*HEAD, ("head", "Send Back")),
}
# state, key of who asked, category, amounts, days ago
UNDER_WAY = (
	("Draft", "sales", "Gifts", (680,), 1),
	("Draft", "marketing", "Events", (5200, 800), 2),
	("Returned", "sales2", "Travel", (1860,), 5),
	("Pending Department Head", "sales", "Gifts", (1280,), 1),
	("Pending Department Head", "sales2", "Gifts", (1880, 640), 2),
	("Pending Department Head", "sales3", "Events", (3600,), 3),
	("Pending Department Head", "service", "Compensation", (450,), 1),
	("Pending Department Head", "marketing", "Events", (12800,), 2),
	("Pending Department Head", "finance2", "Training", (1500,), 4),
	("Pending Finance", "sales", "Events", (4800,), 4),
	("Pending Finance", "service2", "Compensation", (2600,), 3),
	("Pending Finance", "sales3", "Travel", (3150, 1220), 6),
	("Pending Finance", "marketing", "Events", (24000,), 5),
	("Pending General Manager", "marketing", "Gifts", (21500,), 6),
	("Pending General Manager", "finance2", "Travel", (21200,), 8),
	("Approved", "sales", "Gifts", (1680,), 9),
	("Approved", "service", "Compensation", (880,), 10),
	("Approved", "sales2", "Travel", (2450,), 12),
	("Approved", "marketing", "Gifts", (3900, 1100), 11),
	("Rejected", "sales3", "Gifts", (9800,), 14),
	("Rejected", "marketing", "Events", (1990,), 20),
	("Cancelled", "sales2", "Events", (1750,), 25),
	("Cancelled", "service2", "Gifts", (960,), 30),
)


def create(world: World) -> None:
	year = world.today.year
	for department, lines in BUDGETS.items():
		approve_budget(world, department, year, lines)
	approve_budget(world, "Sales", year - 1, BUDGETS["Sales"])
	propose_next_year(world, year + 1)
	for row in LAST_YEAR:
		spend(world, *row, year=year - 1)
	close_year(world, year - 1)
	for row in SPENT:
		spend(world, *row, year=year)
	advertise(world, year)
	pay_for_campaigns(world)
	for row in UNDER_WAY:
		add_request(world, *row)
	ask_twice(world)


def approve_budget(world: World, department: str, year: int, lines) -> None:
	doc = draft_budget(world, department, year, lines)
	doc = move(doc, world.users["finance"], "Submit for Approval")
	move(doc, world.users["gm"], "Approve")
	world.progress(_("Budgets"))


def draft_budget(world: World, department: str, year: int, lines, factor: float = 1):
	rows = [
		{"category": category, "amount": amount * factor, "month": month, "control": control}
		for category, amount, month, control in lines
	]
	if department == "Marketing" and year == world.today.year:
		name, amount = CAMPAIGN_LINE
		rows.append({"campaign": world.campaigns[name], "amount": amount, "control": "Stop"})
	with acting_as(world.users["finance"]):
		return make("CRM Budget", department=department, fiscal_year=year, lines=rows)


def propose_next_year(world: World, year: int) -> None:
	draft_budget(world, "Marketing", year, BUDGETS["Marketing"], 1.1)
	waiting = draft_budget(world, "Sales", year, BUDGETS["Sales"], 1.15)
	move(waiting, world.users["finance"], "Submit for Approval")
	world.progress(_("Budgets"), 2)


def close_year(world: World, year: int) -> None:
	for name in frappe.get_all(
		"CRM Budget", {"fiscal_year": year, "status_category": "Approved"}, pluck="name"
	):
		move(frappe.get_doc("CRM Budget", name), world.users["finance"], "Close")


def spend(world: World, key: str, category: str, share: float, count: int, year: int) -> None:
	"""Requests of `count` different amounts that add up to the share of the budget line, all reimbursed."""
	parts = [world.rng.uniform(0.7, 1.3) for _part in range(count)]
	amount = line_amount(world, key, category) * share
	for part in parts:
		request(
			world, "Reimbursed", key, category, [round(amount * part / sum(parts), 1)], day_in(world, year)
		)


def line_amount(world: World, key: str, category: str) -> float:
	department = frappe.db.get_value("CRM Employee", world.staff[key], "department")
	lines = BUDGETS.get(department) or BUDGETS["Head Office"]
	return next(amount for name, amount, _month, _control in lines if name == category)


def day_in(world: World, year: int):
	first, last = getdate(f"{year}-01-01"), min(getdate(f"{year}-12-31"), world.today)
	return add_days(first, world.rng.randint(0, (last - first).days))


def advertise(world: World, year: int) -> None:
	"""Each month has its own advertising money; the running month has some of it left."""
	for month in range(1, world.today.month + 1):
		day = min(getdate(f"{year}-{month:02d}-12"), world.today)
		share = 0.45 if month == world.today.month else world.rng.uniform(0.7, 0.95)
		request(world, "Reimbursed", "marketing", "Advertising", [round(10000 * share)], day)


def pay_for_campaigns(world: World) -> None:
	"""A campaign with a line of its own in the budget, and others that are paid from the general lines."""
	for campaign, category, amounts in CAMPAIGN_COSTS:
		day = max(add_days(world.today, -8), getdate(f"{world.today.year}-01-01"))
		request(world, "Reimbursed", "marketing", category, amounts, day, campaign)


def add_request(world: World, state: str, key: str, category: str, amounts, days: int) -> None:
	"""Nothing lies before the running year, whose budget it is charged to."""
	day = max(add_days(world.today, -days), getdate(f"{world.today.year}-01-01"))
	request(world, state, key, category, amounts, day)


def request(world: World, state: str, key: str, category: str, amounts, day, campaign: str | None = None):
	doc = draft(world, key, category, amounts, day, campaign)
	people = {"self": world.users[key], "head": doc.department_approver, "gm": world.users["gm"]}
	people["finance"] = world.users["finance"]
	for who, action in ROADS.get(state) or whole_road(doc, state):
		doc = move(doc, people[who], action)
	world.progress(_("Expense requests"))
	return doc


def whole_road(doc, state: str):
	"""All approvals that the amount asks for, then on to `state`."""
	approvers = ("head", "finance", "gm")[: doc.approval_tier]
	road = [*HEAD, *((who, "Approve") for who in approvers)]
	last = {"Approved": [], "Reimbursed": [("finance", "Reimburse")], "Cancelled": [("finance", "Cancel")]}
	return road + last.get(state, []) if state != "Draft" else []


def draft(world: World, key: str, category: str, amounts, day, campaign: str | None = None):
	buyer = customer_for(world, key, category)
	with acting_as(world.users[key]):
		return make(
			"Expense Request",
			purpose=world.rng.choice(PURPOSES[category]),
			employee=world.staff[key],
			posting_date=day,
			customer=buyer and buyer.name,
			campaign=campaign and world.campaigns[campaign],
			lines=[
				{"expense_date": day, "category": category, "amount": amount, "receipt": receipt(category)}
				for amount in amounts
			],
		)


def customer_for(world: World, key: str, category: str) -> Buyer | None:
	"""Gifts and goodwill are for somebody; an account manager spends on customers of their own."""
	if category not in ("Gifts", "Compensation") or key == "marketing":
		return None
	mine = world.buyers_like("champion", "loyal", "at_risk", "missed")
	if key.startswith("sales"):
		mine = [buyer for buyer in mine if buyer.manager == world.users[key]]
	return world.rng.choice(mine)


def receipt(category: str) -> str | None:
	"""Travel is paid against a receipt: one picture stands for all of them."""
	if not frappe.db.get_value("CRM Expense Category", category, "needs_receipt"):
		return None
	found = frappe.db.get_value("File", {"file_name": ["like", "receipt-sample%"]}, "file_url")
	return (
		found or make("File", file_name="receipt-sample.txt", content="TAXI 58.00\n", is_private=1).file_url
	)


def ask_twice(world: World) -> None:
	"""The same expense asked for again: the approver sees the warning on the form."""
	day = max(add_days(world.today, -9), getdate(f"{world.today.year}-01-01"))
	again = draft(world, "sales", "Gifts", [1680], day)
	move(again, world.users["sales"], "Submit for Approval")
	world.progress(_("Expense requests"))
