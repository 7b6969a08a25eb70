"""Segments with live counts, and a campaign in each state of its approval."""

import frappe
from frappe.utils import add_days, nowdate

from crm_app.demo import people
from crm_app.demo.acting import acting_as, move

PLANNER, BOSS, CONTROLLER = people.MARKETING, people.MANAGER, people.FINANCE

# name, rules as (source, field, operator, value)
SEGMENTS = (
	("VIP Customers", (("Customer", "grade", "equals", "VIP"),)),
	("Shanghai Customers", (("Customer", "city", "equals", "上海"),)),
	("Birthday in 30 Days", (("Customer", "birthday", "anniversary in next days", "30"),)),
	("Not Seen for 180 Days", (("Transactions", "last_date", "not in last days", "180"),)),
	("Frequent Buyers", (("Transactions", "purchase_count", "at least", "20"),)),
)
SUBMITTED = ((PLANNER, "Submit for Approval"),)
REVIEWED = (*SUBMITTED, (BOSS, "Approve"))
APPROVED = (*REVIEWED, (CONTROLLER, "Approve"))
RUNNING = (*APPROVED, (PLANNER, "Start"))

# name, kind, segment, budget, first day from today, days, way
CAMPAIGNS = (
	("Spring Tea Preview", "Festival", "Frequent Buyers", 12_000, 60, 20, ()),
	("New Year Gift Boxes", "Festival", "VIP Customers", 30_000, 30, 25, SUBMITTED),
	("Shanghai Tasting Evenings", "Off-peak", "Shanghai Customers", 9_000, 14, 30, REVIEWED),
	("Birthday Greetings", "Birthday", "Birthday in 30 Days", 6_000, 5, 60, APPROVED),
	("We Miss You", "Win-back", "Not Seen for 180 Days", 15_000, -10, 45, RUNNING),
	("Autumn Gift Season", "Festival", "VIP Customers", 25_000, -90, 30, (*RUNNING, (PLANNER, "Finish"))),
	("Rainy Day Discount", "Off-peak", "Shanghai Customers", 5_000, -40, 30, (*RUNNING, (PLANNER, "Stop"))),
	("Luxury Car Raffle", "Other", "Frequent Buyers", 80_000, 20, 20, (*SUBMITTED, (BOSS, "Reject"))),
)


def install_segments(rng) -> None:
	names = ("source", "fieldname", "operator", "value")
	for segment, rules in SEGMENTS:
		rows = [dict(zip(names, rule, strict=True)) for rule in rules]
		frappe.get_doc(
			{"doctype": "Customer Segment", "segment_name": segment, "kind": "Dynamic", "rules": rows}
		).insert()


def install_campaigns(rng) -> None:
	for name, kind, segment, budget, start, days, way in CAMPAIGNS:
		with acting_as(PLANNER):
			campaign = frappe.get_doc(
				{
					"doctype": "CRM Campaign",
					"campaign_name": name,
					"kind": kind,
					"segment": segment,
					"start_date": add_days(nowdate(), start),
					"end_date": add_days(nowdate(), start + days),
					"budget_amount": budget,
					"department": "Marketing",
					"expected_response_rate": 6,
					"expected_revenue": budget * 4,
					"channels": [{"channel": "WeChat", "planned_cost": budget * 0.4}],
				}
			).insert()
		for user, action in way:
			if action == "Stop":
				frappe.db.set_value("CRM Campaign", campaign.name, "stop_reason", "Response too low")
			campaign = move(campaign, (user, action))
