"""Budgets half spent, and expense requests waiting at every tier of approval."""

import frappe
from frappe.utils import getdate, nowdate

from crm_app.demo import people
from crm_app.demo.acting import acting_as, move

CONTROLLER, HEAD, GENERAL = people.FINANCE, people.HEAD, people.GENERAL
CATEGORIES = ("Customer Gifts", "Client Entertainment", "Travel", "Promotion Material", "Compensation")

# department → amounts of the year, in the order of CATEGORIES
BUDGETS = {
	"Sales": (60_000, 40_000, 50_000, 20_000, 5_000),
	"Customer Service": (8_000, 4_000, 10_000, 2_000, 30_000),
	"Marketing": (20_000, 10_000, 15_000, 120_000, 2_000),
}
REQUESTERS = {
	"Sales": (people.SALES, people.SECOND_SALES),
	"Customer Service": (people.SERVICE,),
	"Marketing": (people.MARKETING,),
}
SPENT = 0.5  # of every line, in so many requests:
PARTS = (0.6, 0.4)
PURPOSES = {
	"Customer Gifts": "Gifts for regular customers",
	"Client Entertainment": "Tasting dinner with company buyers",
	"Travel": "Visit to customers in Shenzhen",
	"Promotion Material": "Posters and sample packs",
	"Compensation": "Goodwill after complaints",
}

SUBMIT, BY_HEAD = (None, "Submit for Approval"), (HEAD, "Approve")
BY_FINANCE, BY_GENERAL = (CONTROLLER, "Approve"), (GENERAL, "Approve")
PAID = (CONTROLLER, "Reimburse")
FULL_WAY = {
	1: (SUBMIT, BY_HEAD),
	2: (SUBMIT, BY_HEAD, BY_FINANCE),
	3: (SUBMIT, BY_HEAD, BY_FINANCE, BY_GENERAL),
}

# user, category, amount, purpose, way: drafts, refusals and what waits on somebody's desk
OPEN = (
	(people.SALES, "Customer Gifts", 380, "Win-back gift", ()),
	(people.SALES, "Customer Gifts", 760, "Birthday gifts of March customers", (SUBMIT,)),
	(people.SECOND_SALES, "Travel", 1_650, "Trade fair in Hangzhou", (SUBMIT,)),
	(people.SERVICE, "Compensation", 1_200, "Broken teapots of one delivery", (SUBMIT,)),
	(people.SALES, "Client Entertainment", 6_400, "Dinner with hotel chain", (SUBMIT, BY_HEAD)),
	(people.MARKETING, "Promotion Material", 12_500, "Sample packs for spring", (SUBMIT, BY_HEAD)),
	(people.MARKETING, "Promotion Material", 26_000, "Advertisement in the underground", FULL_WAY[3][:3]),
	(people.SALES, "Customer Gifts", 21_500, "New Year boxes for company customers", FULL_WAY[3][:3]),
	(people.SALES, "Travel", 1_900, "Return visits in Suzhou", FULL_WAY[1]),
	(people.SECOND_SALES, "Client Entertainment", 8_800, "Golf weekend", (SUBMIT, (HEAD, "Reject"))),
)


def install_budgets(rng) -> None:
	for category in CATEGORIES:
		frappe.get_doc({"doctype": "CRM Expense Category", "category_name": category}).insert(
			ignore_if_duplicate=True
		)
	for department, amounts in BUDGETS.items():
		lines = [
			{"category": category, "month": 0, "amount": amount, "control": "Stop"}
			for category, amount in zip(CATEGORIES, amounts, strict=True)
		]
		with acting_as(CONTROLLER):
			budget = frappe.get_doc(
				{
					"doctype": "CRM Budget",
					"department": department,
					"fiscal_year": getdate(nowdate()).year,
					"lines": lines,
				}
			).insert()
		move(budget, (CONTROLLER, "Submit for Approval"), (GENERAL, "Approve"))


def install_expenses(rng) -> None:
	for department, amounts in BUDGETS.items():
		for category, amount in zip(CATEGORIES, amounts, strict=True):
			for part in PARTS:
				user = rng.choice(REQUESTERS[department])
				request = ask(rng, user, category, round(amount * SPENT * part, 2), PURPOSES[category])
				carry(request, (*FULL_WAY[request.approval_tier], PAID))
	for user, category, amount, purpose, way in OPEN:
		carry(ask(rng, user, category, amount, purpose), way)


def ask(rng, user: str, category: str, amount: float, purpose: str):
	today = getdate(nowdate())
	day = today.replace(month=rng.randint(1, today.month), day=1)
	with acting_as(user):
		return frappe.get_doc(
			{
				"doctype": "Expense Request",
				"purpose": purpose,
				"lines": [{"category": category, "amount": amount, "expense_date": day}],
			}
		).insert()


def carry(request, way) -> None:
	"""The requester's own steps stand as None."""
	move(request, *((user or request.owner, action) for user, action in way))
