"""Segments with their members, and campaigns at every stage of their approval."""

import frappe
from frappe import _
from frappe.utils import add_days, get_datetime

from crm_app.crm_marketing import segments
from crm_app.crm_marketing.doctype.customer_segment.actions import make_snapshot
from crm_app.demo.world import World, acting_as, backdate, ensure, make, move

DEPARTMENT = "Marketing"
CUSTOMER, CARD, SALES = "Customer", "Member Card", "Transactions"
# name: (description, rules as source, field, operator, value, days)
SEGMENTS = {
	"VIP Customers": ("The best customers by grade", ((CUSTOMER, "grade", "equals", "VIP", 0),)),
	"Birthday in 30 Days": (
		"For the birthday greeting",
		((CUSTOMER, "birthday", "anniversary in next days", "30", 0),),
	),
	"Lapsed Regulars": (
		"Bought often, not for half a year",
		((SALES, "last_date", "not in last days", "180", 0), (SALES, "purchase_count", "at least", "5", 0)),
	),
	"Big Spenders This Year": ("8,000 and more in 365 days", ((SALES, "amount", "at least", "8000", 365),)),
	"New This Quarter": (
		"First purchase in the last 90 days",
		((SALES, "first_date", "in last days", "90", 0),),
	),
	"上海茶友": (
		"Tea lovers around the Shanghai store",
		((CUSTOMER, "city", "in", "上海, Shanghai", 0), (CUSTOMER, "tags", "equals", "茶友", 0)),
	),
	"Gold and Diamond Members": (
		"Active cards of the upper tiers",
		((CARD, "tier", "in", "Gold, Diamond", 0), (CARD, "status_category", "equals", "Active", 0)),
	),
	"Companies": ("For corporate gifts", ((CUSTOMER, "customer_type", "equals", "Company", 0),)),
	"Never Bought": ("Known, but without a purchase", ((SALES, "purchase_count", "equals", "0", 0),)),
}
GUESTS = "Tasting Evening Guests"
CATEGORIES = (
	("Advertising", "Advertisements, printing, mailings", 0),
	("Gifts", "Gifts for customers", 0),
	("Events", "Tastings, fairs, rooms", 0),
	("Travel", "Visits to customers", 1),
	("Compensation", "Goodwill after complaints", 0),
	("Training", "Courses for staff", 0),
)

REVIEW = (("marketing", "Submit for Approval"),)
FINANCE = (*REVIEW, ("manager", "Approve"))
APPROVED = (*FINANCE, ("finance", "Approve"))
RUNNING = (*APPROVED, ("marketing", "Start"))
ROADS = {
	"Draft": (),
	"Marketing Review": REVIEW,
	"Finance Review": FINANCE,
	"Approved": APPROVED,
	"Running": RUNNING,
	"Finished": (*RUNNING, ("marketing", "Finish")),
	"Stopped": (*RUNNING, ("marketing", "Stop")),
	"Rejected": (*FINANCE, ("finance", "Reject")),
}
# name, kind, template, segment, starts in days, lasts, budget, channels with cost, expected revenue, state
CAMPAIGNS = (
	(
		"双十一感恩回馈",
		"Festival",
		"Festival Promotion",
		"VIP Customers",
		-365,
		12,
		40000,
		(("WeChat", 6000), ("SMS", 3000)),
		220000,
		"Finished",
	),
	(
		"Summer Tea Weeks",
		"Off-peak",
		"Off-peak Hours",
		"Big Spenders This Year",
		-150,
		45,
		18000,
		(("WeChat", 4000), ("Store", 5000)),
		90000,
		"Finished",
	),
	(
		"会员生日礼遇",
		"Birthday",
		"Birthday Greeting",
		"Birthday in 30 Days",
		-60,
		180,
		24000,
		(("WeChat", 2000), ("E-mail", 0)),
		60000,
		"Running",
	),
	(
		"Winter Gift Season",
		"Festival",
		"Festival Promotion",
		"Gold and Diamond Members",
		-10,
		40,
		60000,
		(("WeChat", 9000), ("Store", 15000)),
		300000,
		"Running",
	),
	(
		"Corporate Gifts",
		"Other",
		None,
		"Companies",
		-20,
		60,
		30000,
		(("Phone", 2000), ("E-mail", 1000)),
		180000,
		"Running",
	),
	(
		"老客户唤回",
		"Win-back",
		"Win-back",
		"Lapsed Regulars",
		12,
		45,
		20000,
		(("Phone", 3000), ("SMS", 1500)),
		80000,
		"Approved",
	),
	(
		"Spring Festival Preview",
		"Festival",
		"Festival Promotion",
		"VIP Customers",
		40,
		20,
		50000,
		(("WeChat", 8000),),
		260000,
		"Finance Review",
	),
	(
		"Welcome Journey",
		"Other",
		None,
		"New This Quarter",
		20,
		90,
		9000,
		(("WeChat", 1000), ("E-mail", 0)),
		30000,
		"Marketing Review",
	),
	(
		"上海新茶品鉴会",
		"Other",
		None,
		"上海茶友",
		30,
		2,
		15000,
		(("Store", 8000), ("WeChat", 500)),
		40000,
		"Marketing Review",
	),
	(
		"Weekday Afternoon Offer",
		"Off-peak",
		"Off-peak Hours",
		"New This Quarter",
		25,
		60,
		8000,
		(("WeChat", 900),),
		25000,
		"Draft",
	),
	("Radio Spots", "Other", None, "Never Bought", 15, 30, 90000, (("Web", 80000),), 60000, "Rejected"),
	(
		"Pop-up Store",
		"Other",
		None,
		"Big Spenders This Year",
		-90,
		60,
		45000,
		(("Store", 30000),),
		120000,
		"Stopped",
	),
)


def create(world: World) -> None:
	for name, description, needs_receipt in CATEGORIES:
		ensure(
			"CRM Expense Category",
			name,
			category_name=name,
			description=description,
			needs_receipt=needs_receipt,
		)
	with acting_as(world.users["marketing"]):
		create_segments(world)
	for row in CAMPAIGNS:
		add_campaign(world, *row)
		world.progress(_("Campaigns"))


def create_segments(world: World) -> None:
	for name, (description, rules) in SEGMENTS.items():
		if not frappe.db.exists("Customer Segment", name):
			keys = ("source", "fieldname", "operator", "value", "period_days")
			rows = [dict(zip(keys, rule, strict=True)) for rule in rules]
			doc = make("Customer Segment", segment_name=name, description=description, rules=rows)
			segments.refresh(doc)
		world.progress(_("Segments"))
	make_snapshot(frappe.get_doc("Customer Segment", "VIP Customers").as_dict())
	invite(world)


def invite(world: World) -> None:
	"""A segment whose members were put in by hand."""
	ensure("Customer Segment", GUESTS, segment_name=GUESTS, kind="Manual", description="Guest list")
	for buyer in world.rng.sample(world.buyers_like("champion", "loyal"), 24):
		make("Customer Segment Member", segment=GUESTS, customer=buyer.name)
	segments.record_count(frappe.get_doc("Customer Segment", GUESTS), 24)
	world.progress(_("Segments"))


def add_campaign(
	world, name, kind, template, segment, starts, lasts, budget, channels, revenue, state
) -> None:
	start = add_days(world.today, starts)
	known = template if template and frappe.db.exists("CRM Campaign Template", template) else None
	with acting_as(world.users["marketing"]):
		doc = make(
			"CRM Campaign",
			campaign_name=name,
			kind=kind,
			template=known,
			segment=segment,
			campaign_owner=world.users["marketing"],
			start_date=start,
			end_date=add_days(start, lasts),
			budget_amount=budget,
			fiscal_year=start.year,
			department=DEPARTMENT,
			expense_category="Advertising",
			expected_response_rate=8,
			expected_revenue=revenue,
			channels=[{"channel": c, "planned_cost": cost, "send_on": start} for c, cost in channels],
		)
		if state == "Stopped":
			doc.stop_reason = "Lease of the space ended early"
			doc.save()
	for who, action in ROADS[state]:
		doc = move(doc, world.users[who], action)
	date_back(doc, start, add_days(start, lasts))
	world.campaigns[name] = doc.name


def date_back(doc, start, end) -> None:
	values = {"creation": min(get_datetime(add_days(start, -25)), get_datetime(doc.creation))}
	if doc.approved_on:
		values["approved_on"] = min(get_datetime(add_days(start, -10)), get_datetime(doc.approved_on))
	if doc.started_on:
		values["started_on"] = start
	if doc.ended_on:
		values["ended_on"] = end
	backdate("CRM Campaign", doc.name, **values)
