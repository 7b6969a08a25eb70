"""A quote for a real member: programme, coupons and rules read from their records."""

from decimal import Decimal as D

import frappe
import pytest
from crm_testing.coupons import at, codes_of, make_batch, make_coupon, make_template
from crm_testing.customers import make_customer
from crm_testing.membership import make_card, make_programme

from crm_app.crm_membership import coupons, quoting
from crm_app.crm_membership.domain.quote import MAX, BasketLine
from crm_app.crm_membership.quoting import Member, Request

TIERS = [{"tier_name": "Gold", "tier_level": 1, "discount_percent": 5, "points_rate": 2}]
BASKET = [
	BasketLine("1", "TEA", "Drinks", D(2), D(60)),
	BasketLine("2", "CAKE", "Cakes", D(1), D(40)),
]


@pytest.fixture
def member():
	programme = make_programme(
		tiers=TIERS, points_per_unit=1, point_value=0.01, max_redeem_share=50, min_redeem_points=100
	)
	card = make_card(make_customer().name, programme.name)
	return Member(card.name, card.customer, programme.name, card.tier, points=D(3000), value=D(20))


def ask(member=None, **values):
	values = {"lines": BASKET, "moment": at("2030-03-04 15:00"), "member": member} | values
	return quoting.quote(Request(**values)).quote


def test_a_walk_in_pays_what_is_in_the_basket():
	made = ask()
	assert (made.to_pay, made.earned, made.points_max) == (100, None, 0)


def test_tier_coupon_points_and_value_one_after_the_other(member):
	code = make_coupon(make_template(value=15), member.customer)
	made = ask(member, coupons=[code], points=MAX, value=MAX, total=D(100))
	assert (made.gross, made.tier_discount, made.coupon_discount, made.total) == (100, 5, 15, 80)
	assert (made.points_used, made.points_money, made.value_used, made.to_pay) == (3000, 30, 20, 30)
	assert made.earned.points == 100, "50 not paid with points, at the tier's double rate"
	assert [line.net for line in made.lines] == [48, 32]


@pytest.mark.parametrize(
	("earn_on", "points"),
	[("Amount after Discounts", 160), ("Amount not Paid with Points", 100), ("Amount Paid in Money", 60)],
)
def test_the_programme_decides_what_earns(member, earn_on, points):
	frappe.db.set_value("Membership Programme", member.programme, "earn_on", earn_on)
	frappe.clear_document_cache("Membership Programme", member.programme)
	code = make_coupon(make_template(value=15), member.customer)
	assert ask(member, coupons=[code], points=MAX, value=MAX).earned.points == points


def test_earn_rules_count_in_the_quote(member):
	frappe.get_doc(
		{
			"doctype": "Earn Rule",
			"rule_name": "Quote rule",
			"programme": member.programme,
			"effect": "Fixed Points",
			"value": 50,
			"cap_day": 50,
		}
	).insert()
	assert dict(ask(member).earned.because) == {"": 190, "Quote rule": 50}


def test_a_coupon_nobody_knows_does_not_spoil_the_quote(member):
	made = ask(member, coupons=["SPRING"])
	assert made.total == 95 and made.first_refusal().code == "COUPON_UNKNOWN"


def test_a_coupon_given_twice_counts_once(member):
	code = make_coupon(customer=member.customer)
	made = ask(member, coupons=[code, code.lower()])
	assert [why.code for _code, why in made.refused] == ["COUPON_TWICE"] and made.total == 75


def test_the_best_of_all_that_the_member_holds(member):
	alone = make_coupon(make_template(value=30, stacking="Alone"), member.customer)
	pair = [make_coupon(make_template(value=value), member.customer) for value in (20, 15)]
	make_coupon(make_template(value=90), make_customer().name)
	made = ask(member, best=True)
	assert sorted(used.code for used in made.applied) == sorted(pair)
	assert alone not in {used.code for used in made.applied}
	assert ask(member).total == 95, "nothing is used that nobody asked for"


def test_a_bearer_code_joins_the_best(member):
	template = make_template(kind="Percent", value=50)
	code = codes_of(make_batch(template, quantity=1))[0]
	assert ask(member, best=True, coupons=[code]).total == D("47.5")


def test_what_was_quoted_under_the_lock_is_redeemed(member):
	code = make_coupon(customer=member.customer)
	request = Request(BASKET, at("2030-03-04 15:00"), member=member, coupons=[code])
	quoted = quoting.quote(request, lock=True)
	sale = coupons.Sale("CRM Transaction", "QUOTED", request.moment, total=quoted.quote.gross, tier="Gold")
	for used in quoted.quote.applied:
		coupons.redeem_locked(quoted.offers[used.code], member.customer, sale, used.discount, "key-quoted")
	entry = frappe.get_last_doc("Coupon Entry", {"coupon": code, "kind": "Redeemed"})
	assert (entry.discount_amount, entry.sale_amount, entry.customer) == (20, 100, member.customer)
	assert ask(member, coupons=[code]).first_refusal().code == "COUPON_USED"
