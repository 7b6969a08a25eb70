"""Earn rules, coupons in every state, and group-buying vouchers that a platform has paid for in part."""

from datetime import timedelta
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import add_days, get_datetime

from crm_app.crm_membership import coupon_batches, coupon_states, coupons, settlements
from crm_app.demo.marketing import GUESTS
from crm_app.demo.members import CLUB
from crm_app.demo.world import World, backdate, ensure, make
from crm_app.utils.money import to_decimal

WEEKDAYS = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday"), 1)
RULES = (
	{"rule_name": "生日月双倍积分", "effect": "Multiplier", "value": 2, "birthday": "In the Month",
		"cap_period": 2000, "combining": "Best One Wins",
		"description": "Base points twice in the month of the birthday"},
	{"rule_name": "周中下午茶 +30%", "effect": "Multiplier", "value": 1.3, **WEEKDAYS, "hour_from": "14:00",
		"hour_to": "17:00", "combining": "Best One Wins",
		"description": "Quiet hours from Monday to Thursday"},
	{"rule_name": "茶叶满 500 送 100 分", "effect": "Fixed Points", "value": 100, "scope": "Matching Lines",
		"minimum_amount": 500, "conditions": [{"kind": "Category", "value": "茶叶"}], "cap_day": 100},
	{"rule_name": "Gift cards earn nothing", "effect": "Multiplier", "value": 0, "scope": "Matching Lines",
		"conditions": [{"kind": "Category", "value": "Gift Cards"}], "priority": 99},
)  # fmt: skip
OFFERS = (
	{"template_name": "满 200 减 20", "title": "满 200 元立减 20 元", "kind": "Amount", "value": 20,
		"minimum_spend": 200, "valid_days": 60,
		"stacking_group": "Store"},
	{"template_name": "茶叶 8.8 折", "title": "茶叶 8.8 折，最高减 100 元", "kind": "Percent", "value": 12,
		"most_discount": 100, "valid_days": 30,
		"conditions": [{"kind": "Category", "value": "茶叶"}], "stacking_group": "Store", "total_limit": 500},
	{"template_name": "生日赠手绘茶杯", "title": "生日礼：手绘茶杯一只", "kind": "Free Item", "units": 1,
		"valid_days": 30, "members_only": 1,
		"customer_limit": 1, "conditions": [{"kind": "Item", "value": "CER-006"}], "stacking": "With Any",
		"cost_bearer": "Supplier"},
	{"template_name": "品鉴会礼遇 50 元", "title": "满 300 元立减 50 元", "kind": "Amount", "value": 50,
		"minimum_spend": 300,
		"valid_days": 90, "stacking": "Alone", "with_tier_discount": 0},
)  # fmt: skip
PLATFORMS = (("美团", "MT", 6), ("大众点评", "DP", 6), ("抖音", "DY", 5))
DEAL = "双人茶席 128 元"


def create(world: World) -> None:
	for rule in RULES:
		ensure("Earn Rule", rule["rule_name"], programme=CLUB, **rule)
	for offer in OFFERS:
		ensure("Coupon Template", offer["template_name"], **offer)
	hand_out(world)
	create_vouchers(world)
	coupon_states.expire_coupons(commit=False)
	world.progress(_("Coupons"))


def hand_out(world: World) -> None:
	first, tea, cup, guests = (offer["template_name"] for offer in OFFERS)
	use(world, issue(world, first, 100, quantity=60), 38)
	use(world, issue(world, tea, 45, quantity=40), 17)
	issue(world, first, 5, quantity=100, hold_back=1)
	issue(world, guests, 20, target="Customer Segment", segment=GUESTS)
	for buyer in world.buyers_like("champion")[:3]:
		issue(world, cup, 3, target="One Customer", customer=buyer.name)


def issue(world: World, template: str, days_ago: int, **values) -> list[str]:
	"""A batch as it would have been made some days ago; its codes."""
	batch = make("Coupon Batch", template=template, **values)
	coupon_batches.make_all(batch)
	day = add_days(world.today, -days_ago)
	valid_days = frappe.db.get_value("Coupon Template", template, "valid_days")
	values = {"issued_on": get_datetime(day), "valid_from": day, "valid_until": add_days(day, valid_days - 1)}
	backdate("Coupon", {"batch": batch.name}, **values)
	entries = {"template": template, "kind": "Issued", "posting_date": world.today}
	backdate("Coupon Entry", entries, posting_date=day, posted_at=get_datetime(day))
	return frappe.get_all("Coupon", {"batch": batch.name}, pluck="name", order_by="name asc")


def use(world: World, codes: list[str], number: int) -> None:
	"""The first codes were used in sales that lie in the time of the batch; every twelfth was cancelled."""
	start, end = frappe.db.get_value("Coupon", codes[0], ["valid_from", "valid_until"])
	fields = ["name", "customer", "store", "channel", "posting_date", "amount"]
	filters = {"posting_date": ["between", [start, end]], "transaction_type": "Sale", "amount": [">", 260]}
	sales = frappe.get_all("CRM Transaction", filters, fields, order_by="name asc", limit_page_length=number)
	for place, (code, row) in enumerate(zip(codes, sales, strict=False)):
		moment = get_datetime(row.posting_date) + timedelta(hours=12)
		sale = coupons.Sale(
			"CRM Transaction", row.name, moment, row.store, row.channel, to_decimal(row.amount) + 20
		)
		coupons.redeem(code, row.customer, sale, Decimal(20), f"demo-{row.name}")
		if place % 12 == 11:
			coupons.release("CRM Transaction", row.name, "Bought by mistake")


def create_vouchers(world: World) -> None:
	for name, prefix, commission in PLATFORMS:
		ensure(
			"Voucher Platform",
			name,
			platform_name=name,
			prefix=prefix,
			commission_percent=commission,
			accept_unlisted=int(prefix == "DY"),
		)
	template = ensure(
		"Coupon Template",
		DEAL,
		template_name=DEAL,
		title=DEAL,
		kind="Amount",
		value=168,
		platform=PLATFORMS[0][0],
		face_value=168,
		settlement_price=128,
		cost_bearer="Platform",
		with_tier_discount=0,
		valid_days=180,
	)
	listed = "\n".join(f"{8600_0000 + world.rng.randrange(10**7)}" for _code in range(30))
	codes = issue(world, template, 60, target="Codes of a Platform", platform_codes=listed)
	use(world, codes, 18)
	coupon_states.refund(codes[-1], "Refunded by the platform")
	settle(world, PLATFORMS[0][0])


def settle(world: World, platform: str) -> None:
	"""The platform has paid for what was redeemed until a month ago."""
	until = add_days(world.today, -30)
	vouchers = settlements.due(platform, to_date=until)
	settlement = make(
		"Voucher Settlement",
		platform=platform,
		statement_no="MT-2026-0815",
		to_date=until,
		lines=[{"coupon": row.name} for row in vouchers],
	)
	settlement.paid_amount = settlement.net_amount
	settlement.save()
	if settlement.lines:
		settlement.submit()
