"""Earn rules as records, from the form to the member's points."""

import frappe
import pytest
from crm_testing.customers import make_customer
from crm_testing.membership import make_card, make_programme
from crm_testing.sales import make_return, make_store, make_transaction
from frappe.utils import nowdate

from crm_app.crm_membership import ledger

LINES = [
	{"item_code": "TEA", "category": "Drinks", "qty": 2, "rate": 30},
	{"item_code": "CAKE", "category": "Cakes", "qty": 1, "rate": 40},
]


@pytest.fixture
def card():
	customer = make_customer(birthday="1990-05-20").name
	card = make_card(customer, make_programme(points_per_unit=1, points_decimals=0).name)
	card.activate()
	return card


def make_rule(card, **values):
	values = {
		"rule_name": f"Rule {frappe.generate_hash(length=6)}",
		"effect": "Fixed Points",
		"value": 50,
	} | values
	return frappe.get_doc({"doctype": "Earn Rule", "programme": card.programme, **values}).insert()


def sell(card, **values):
	values = {"items": [dict(line) for line in LINES], "posting_date": nowdate()} | values
	return make_transaction(card.customer, member_card=card.name, **values)


def points(card):
	return ledger.balance(card.name).points


def test_a_sale_earns_by_base_rate_and_rules_and_says_why(card):
	double = make_rule(
		card,
		effect="Multiplier",
		value=2,
		scope="Matching Lines",
		conditions=[{"kind": "Category", "value": "drinks"}],
	)
	sale = sell(card)
	assert points(card) == 160
	because = frappe.parse_json(frappe.db.get_value("Member Earning", {"transaction": sale.name}, "rules"))
	assert because == [["", "100"], [double.name, "60"]]


def test_a_return_takes_back_what_the_rules_gave_for_its_line(card):
	make_rule(
		card,
		effect="Multiplier",
		value=2,
		scope="Matching Lines",
		conditions=[{"kind": "Category", "value": "Drinks"}],
	)
	make_return(sell(card), 1)
	assert points(card) == 100


def test_the_tiers_rate_multiplies_the_base():
	tiers = [{"tier_name": "Gold", "tier_level": 1, "points_rate": 1.5}]
	gold = make_card(make_customer().name, make_programme(tiers=tiers, points_per_unit=1).name)
	gold.activate()
	sell(gold)
	assert points(gold) == 150


@pytest.mark.parametrize(
	("rule", "sale", "earned"),
	[
		({"active": 0}, {}, 100),
		({"valid_until": "2026-02-28"}, {}, 100),
		({"valid_from": "2026-03-01", "valid_until": "2026-03-01"}, {"posting_date": "2026-03-01"}, 150),
		({"hour_from": "14:00:00", "hour_to": "17:00:00"}, {"posting_time": "15:30:00"}, 150),
		({"hour_from": "14:00:00", "hour_to": "17:00:00"}, {"posting_time": "17:00:00"}, 100),
		({"hour_from": "20：00", "hour_to": "24:00"}, {"posting_time": "23:59:59"}, 150),
		({"hour_from": "9:00", "hour_to": "12:00"}, {"posting_time": "09:00:00"}, 150),
		({"minimum_amount": 100}, {}, 150),
		({"minimum_amount": 100.01}, {}, 100),
		({"conditions": [{"kind": "Channel", "value": "Web"}]}, {"channel": "Web"}, 150),
		({"conditions": [{"kind": "Channel", "value": "Web"}]}, {"channel": "Phone"}, 100),
		({"conditions": [{"kind": "Tier", "value": "Silver"}]}, {}, 150),
		({"conditions": [{"kind": "Tier", "value": "Gold"}]}, {}, 100),
		({"birthday": "In the Month"}, {"posting_date": "2026-05-02"}, 150),
		({"birthday": "In the Month"}, {"posting_date": "2026-06-02"}, 100),
		({"saturday": 1}, {"posting_date": "2026-03-07"}, 150),
		({"saturday": 1}, {"posting_date": "2026-03-08"}, 100),
	],
)
def test_conditions_of_the_record(card, rule, sale, earned):
	make_rule(card, **rule)
	sell(card, **sale)
	assert points(card) == earned


def test_a_rule_of_a_store(card):
	store = make_store("Rule Store").name
	make_rule(card, conditions=[{"kind": "Store", "value": store}])
	sell(card)
	sell(card, store=store)
	assert points(card) == 100 + 150


def test_a_rule_for_a_segment(card):
	segment = frappe.get_doc(
		{"doctype": "Customer Segment", "segment_name": "Rule VIP", "kind": "Manual"}
	).insert()
	make_rule(card, segment=segment.name)
	sell(card)
	member = {"doctype": "Customer Segment Member", "segment": segment.name, "customer": card.customer}
	frappe.get_doc(member).insert()
	sell(card)
	assert points(card) == 100 + 150


def test_a_rule_of_another_programme_does_not_count(card):
	other = make_card(make_customer().name)
	make_rule(other)
	sell(card)
	assert points(card) == 100


def test_a_change_counts_from_the_next_sale_on_and_never_before(card):
	rule = make_rule(card)
	first = sell(card)
	rule.value = 70
	rule.save()
	sell(card)
	assert points(card) == 150 + 170
	first.cancel()
	assert points(card) == 170, "what was earned then is what is taken back"


def test_a_limit_per_day_counts_all_the_customers_sales(card):
	make_rule(card, cap_day=80)
	for _turn in range(3):
		sell(card)
	assert points(card) == 300 + 50 + 30


def test_a_cancelled_sale_gives_the_limit_back(card):
	make_rule(card, cap_period=50, period="Ever")
	first = sell(card)
	first.cancel()
	sell(card)
	sell(card)
	assert points(card) == 150 + 100


def test_a_limit_per_month_begins_anew(card):
	make_rule(card, cap_period=50, period="Calendar Month")
	for day in ("2026-03-30", "2026-03-31", "2026-04-01"):
		sell(card, posting_date=day)
	assert points(card) == 150 + 100 + 150


@pytest.mark.parametrize(
	("values", "says"),
	[
		({"value": 0}, "gives no points"),
		({"effect": "Multiplier", "value": 1}, "changes nothing"),
		({"value": -1}, None),
		({"scope": "Matching Lines"}, "Matching Lines"),
		({"valid_from": "2026-02-02", "valid_until": "2026-02-01"}, "before the start"),
		({"hour_from": "10:00", "hour_to": "10:00:00"}, "same time"),
		({"hour_from": "25:00"}, "no time such as"),
		({"hour_to": "noon"}, "no time such as"),
		({"conditions": [{"kind": "Store", "value": "Nowhere"}]}, "Row 1: there is no store Nowhere"),
		({"conditions": [{"kind": "Channel", "value": "Fax"}]}, "Fax is none of"),
		({"conditions": [{"kind": "Tier", "value": "Platinum"}]}, "Gold, Silver"),
	],
)
def test_rules_that_cannot_work_are_refused(card, values, says):
	with pytest.raises(frappe.ValidationError, match=says):
		make_rule(card, **values)


def test_a_channel_may_be_written_in_the_readers_language(card):
	before, frappe.local.lang = frappe.local.lang, "zh"
	try:
		rule = make_rule(card, conditions=[{"kind": "Channel", "value": "微信"}])
	finally:
		frappe.local.lang = before
	assert rule.conditions[0].value == "WeChat"


def test_a_rule_that_gave_points_stays(card):
	rule = make_rule(card)
	make_rule(card).delete()
	sell(card)
	with pytest.raises(frappe.ValidationError, match="Switch it off"):
		rule.delete()


def test_who_may_write_rules(card, as_user):
	from crm_testing.customers import make_user

	rule = make_rule(card)
	with as_user(make_user("seller@rules.test", "CRM Sales User")):
		assert frappe.get_doc("Earn Rule", rule.name).has_permission("read")
		with pytest.raises(frappe.PermissionError):
			make_rule(card)
	with as_user(make_user("marketing@rules.test", "CRM Marketing User")):
		make_rule(card)
