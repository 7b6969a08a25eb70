import itertools
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_app.crm_membership.domain import quote as engine
from crm_app.crm_membership.domain.conditions import Conditions, spelled
from crm_app.crm_membership.domain.coupon_rules import (
	ALONE,
	AMOUNT,
	ANY,
	EXPIRED,
	FIXED_PRICE,
	FREE_ITEM,
	OTHER_GROUPS,
	PERCENT,
	REDEEMED,
	REFUNDED,
	STOCK,
	VOID,
	Offer,
	Visit,
	stackable,
)
from crm_app.crm_membership.domain.coupon_rules import Terms as CouponTerms
from crm_app.crm_membership.domain.earned import Earned
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.domain.quote import MAX, Ask, BasketLine, Purse, Terms

MONDAY = datetime(2026, 3, 2, 15, 0)
PLAIN, EMPTY = Terms(), Purse()
VISIT = Visit("CUST", "Gold", MONDAY, "North", "Store")
DRINKS = Conditions(categories=spelled(["Drinks"]))


def basket(*lines):
	"""(amount, category, quantity)"""
	full = [(*line, *("Drinks", 1)[len(line) - 1 :]) for line in lines]
	return [
		BasketLine(str(n), f"ITEM-{n}", category, D(str(qty)), D(str(amount)))
		for n, (amount, category, qty) in enumerate(full)
	]


def coupon(code="A", kind=AMOUNT, value=10, offer=None, **terms):
	made = CouponTerms(terms.pop("template", f"T-{code}"), kind, D(str(value)), **terms)
	return Offer(code, made, **offer or {})


def quote(lines, *offers, terms=PLAIN, purse=EMPTY, visit=VISIT, **ask):
	return engine.quote(lines, visit, terms, purse, offers, Ask(**ask))


def test_a_basket_without_a_member_costs_what_it_costs():
	made = quote(basket((60,), (40,)))
	assert (made.gross, made.total, made.to_pay, made.points_max) == (100, 100, 100, 0)


def test_the_tiers_discount_adds_up_to_the_cent():
	made = quote(basket(("0.10",), ("0.10",), ("0.10",)), terms=Terms(tier_percent=D(5)))
	assert made.tier_discount == D("0.02") == sum(line.tier_discount for line in made.lines)
	assert made.total == D("0.28") == sum(line.net for line in made.lines)


def test_coupons_come_after_the_tier_and_percents_last():
	percent, amount = coupon("A", PERCENT, 10), coupon("B", AMOUNT, 20)
	made = quote(basket((100,)), percent, amount, terms=Terms(tier_percent=D(10)))
	assert [(used.code, used.discount) for used in made.applied] == [("B", 20), ("A", 7)]
	assert made.total == 63


def test_the_template_may_ask_for_another_order():
	first = coupon("A", PERCENT, 10, order=-1)
	assert quote(basket((100,)), first, coupon("B", AMOUNT, 20)).total == 70


def test_a_percent_has_its_ceiling():
	assert quote(basket((1000,)), coupon(kind=PERCENT, value=20, most=D(50))).total == 950


def test_an_amount_takes_off_no_more_than_the_matching_lines_cost():
	made = quote(basket((8, "Drinks"), (50, "Cakes")), coupon(value=20, conditions=DRINKS))
	assert [line.coupon_discount for line in made.lines] == [8, 0]


@pytest.mark.parametrize(
	("kind", "value", "units", "off"),
	[
		(FREE_ITEM, 0, 1, 30),
		(FREE_ITEM, 0, 2, 60),
		(FREE_ITEM, 0, 3, 70),
		(FIXED_PRICE, 9.9, 1, 20.1),
		(FIXED_PRICE, 9.9, 0, 40.3),
		(FIXED_PRICE, 50, 1, None),
	],
)
def test_free_and_fixed_price_units_are_the_dearest(kind, value, units, off):
	made = quote(basket((60, "Drinks", 2), (10,), (99, "Cakes")),
		coupon(kind=kind, value=value, units=D(units), conditions=DRINKS))  # fmt: skip
	if off is None:
		assert made.refused[0][1].code == "COUPON_NO_EFFECT"
	else:
		assert made.coupon_discount == D(str(off))


@pytest.mark.parametrize(
	("offer", "code"),
	[
		(coupon(offer={"customer": "OTHER"}), "COUPON_OTHER_CUSTOMER"),
		(coupon(offer={"customer": "OTHER", "status": REDEEMED}), "COUPON_OTHER_CUSTOMER"),
		(coupon(offer={"status": STOCK}), "COUPON_NOT_ISSUED"),
		(coupon(offer={"status": REDEEMED}), "COUPON_USED"),
		(coupon(offer={"status": VOID}), "COUPON_VOID"),
		(coupon(offer={"status": REFUNDED}), "COUPON_REFUNDED"),
		(coupon(offer={"status": EXPIRED}), "COUPON_EXPIRED"),
		(coupon(offer={"valid_from": date(2026, 3, 3)}), "COUPON_NOT_STARTED"),
		(coupon(offer={"valid_until": date(2026, 3, 1)}), "COUPON_EXPIRED"),
		(coupon(offer={"uses": 3, "use_limit": 3}), "COUPON_USED"),
		(coupon(enabled=False), "COUPON_DISABLED"),
		(coupon(total_limit=5, offer={"template_uses": 5}), "COUPON_LIMIT"),
		(coupon(customer_limit=2, offer={"customer_uses": 2}), "COUPON_CUSTOMER_LIMIT"),
		(coupon(conditions=Conditions(valid_from=date(2026, 3, 3))), "COUPON_NOT_STARTED"),
		(coupon(conditions=Conditions(valid_until=date(2026, 3, 1))), "COUPON_EXPIRED"),
		(coupon(conditions=Conditions(weekdays=frozenset({6}))), "COUPON_WRONG_DAY"),
		(coupon(conditions=Conditions(hour_from=MONDAY.time().replace(hour=16))), "COUPON_WRONG_TIME"),
		(coupon(conditions=Conditions(stores=spelled(["South"]))), "COUPON_WRONG_STORE"),
		(coupon(conditions=Conditions(channels=spelled(["Web"]))), "COUPON_WRONG_CHANNEL"),
		(coupon(conditions=Conditions(tiers=spelled(["Silver"]))), "COUPON_WRONG_TIER"),
		(coupon(conditions=Conditions(items=spelled(["COFFEE"]))), "COUPON_NO_MATCH"),
		(coupon(minimum=D("100.01")), "COUPON_MIN_SPEND"),
	],
)
def test_a_coupon_that_cannot_be_used_says_why_and_takes_nothing_off(offer, code):
	made = quote(basket((100,)), offer)
	assert [why.code for _coupon, why in made.refused] == [code]
	assert made.total == 100 and not made.applied


def test_the_last_day_of_a_coupon_still_counts():
	assert quote(basket((100,)), coupon(offer={"valid_until": MONDAY.date()})).total == 90


def test_a_walk_in_cannot_use_what_is_counted_per_customer():
	stranger = replace(VISIT, customer=None)
	for offer in (coupon(members_only=True), coupon(customer_limit=1)):
		assert quote(basket((100,)), offer, visit=stranger).refused[0][1].code == "COUPON_NEEDS_MEMBER"
	assert quote(basket((100,)), coupon(), visit=stranger).total == 90


@pytest.mark.parametrize(
	("one", "other", "together"),
	[
		(dict(stacking=ALONE), dict(), False),
		(dict(stacking=ANY), dict(stacking=ALONE), False),
		(dict(group="G"), dict(group="G"), False),
		(dict(group="G", stacking=ANY), dict(group="G"), False),
		(dict(group="G", stacking=ANY), dict(group="G", stacking=ANY), True),
		(dict(group="G"), dict(group="H"), True),
		(dict(), dict(), True),
		(dict(template="T"), dict(template="T"), False),
		(dict(template="T", per_sale=2), dict(template="T", per_sale=2), True),
	],
)
def test_who_stands_beside_whom(one, other, together):
	made = quote(basket((100,)), coupon("A", **one), coupon("B", **other))
	assert made.total == (80 if together else 90)
	assert [why.code for _code, why in made.refused] == (
		[] if together else ["COUPON_PER_SALE" if "template" in one else "COUPON_NOT_STACKABLE"]
	)


def test_the_same_coupon_counts_once():
	assert [why.code for _code, why in quote(basket((100,)), coupon(), coupon()).refused] == ["COUPON_TWICE"]


def test_one_sale_does_not_pass_the_limits_either():
	twins = [
		coupon(code, template="T", per_sale=0, total_limit=9, offer={"template_uses": 8}) for code in "AB"
	]
	made = quote(basket((100,)), *twins)
	assert made.total == 90 and made.refused[0][1].code == "COUPON_LIMIT"


def test_a_coupon_that_replaces_the_tiers_discount():
	instead = coupon(kind=PERCENT, value=20, with_tier=False)
	terms = Terms(tier_percent=D(10))
	assert quote(basket((100,)), instead, terms=terms).total == 80
	assert quote(basket((100,)), instead, terms=terms, best=True).total == 80
	small = coupon(kind=PERCENT, value=5, with_tier=False)
	assert quote(basket((100,)), small, terms=terms, best=True).total == 90, "the tier's is better"


def test_the_best_set_is_not_the_greedy_one():
	alone = coupon("A", AMOUNT, 30, stacking=ALONE)
	two = [coupon("B", AMOUNT, 20), coupon("C", AMOUNT, 15)]
	made = quote(basket((100,)), alone, *two, best=True)
	assert {used.code for used in made.applied} == {"B", "C"} and made.total == 65


def test_of_equal_coupons_the_one_that_ends_first_is_used():
	late, soon = (
		coupon(code, template="T", offer={"valid_until": date(2026, 3, day)})
		for code, day in [("A", 30), ("B", 9)]
	)
	assert [used.code for used in quote(basket((100,)), late, soon, best=True).applied] == ["B"]


POINTS = Terms(point_value=D("0.01"), minimum=D(100), share=D(50))


@pytest.mark.parametrize(
	("asked", "balance", "used", "problem"),
	[
		(MAX, 3000, 3000, None),
		(MAX, 99999, 5000, None),
		(MAX, 99, 0, None),
		(D(500), 3000, 500, None),
		(D(5001), 99999, 0, "POINTS_SHARE"),
		(D(50), 3000, 0, "POINTS_MINIMUM"),
		(D(500), 499, 0, "POINTS_SHORT"),
		(D("500.5"), 3000, 0, "POINTS_STEP"),
		(D(-1), 3000, 0, "POINTS_STEP"),
	],
)
def test_points_as_payment(asked, balance, used, problem):
	made = quote(basket((100,)), terms=POINTS, purse=Purse(points=D(balance)), points=asked)
	assert made.points_used == used and made.to_pay == 100 - made.points_money
	assert [why.code for why in made.problems] == ([problem] if problem else [])
	assert made.points_money == D(used) / 100


def test_a_programme_that_takes_no_points_says_so():
	made = quote(basket((100,)), purse=Purse(points=D(900)), points=D(500))
	assert made.first_refusal().code == "POINTS_NOT_TAKEN" and made.points_max == 0


@pytest.mark.parametrize(
	("asked", "used", "problem"),
	[
		(MAX, 60, None),
		(D("20.50"), D("20.50"), None),
		(D(61), 0, "VALUE_SHORT"),
		(D(-1), 0, "AMOUNT_NOT_POSITIVE"),
	],
)
def test_stored_value_as_payment(asked, used, problem):
	made = quote(basket((100,)), purse=Purse(value=D(60)), value=asked)
	assert (made.value_max, made.value_used, made.to_pay) == (60, used, 100 - used)
	assert [why.code for why in made.problems] == ([problem] if problem else [])


def test_stored_value_pays_no_more_than_is_left():
	made = quote(basket((10,)), purse=Purse(value=D(60)), value=D(11))
	assert made.value_max == 10 and made.first_refusal().code == "VALUE_TOO_MUCH"


@pytest.mark.parametrize(
	("earn_on", "not_earning"),
	[(engine.AFTER_DISCOUNTS, 0), (engine.WITHOUT_POINTS, 20), (engine.MONEY_ONLY, 50)],
)
def test_the_programme_says_what_earns(earn_on, not_earning):
	seen = []
	terms = replace(POINTS, earn_on=earn_on)
	purse, ask = Purse(D(2000), D(30)), Ask(MAX, MAX)

	def earn(lines, not_earning):
		seen.append((sum(line.net for line in lines), not_earning))
		return Earned(D(1))

	made = engine.quote(basket((100,)), VISIT, terms, purse, [coupon()], ask, earn)
	assert seen == [(90, not_earning)] and made.earned.points == 1
	assert made.to_pay == 90 - 20 - 30


@pytest.mark.parametrize(
	("lines", "total", "code"),
	[
		([], None, "BASKET_EMPTY"),
		(basket((100,)), D("100.01"), "TOTAL_MISMATCH"),
		(basket((-1,)), None, "AMOUNT_NOT_POSITIVE"),
		(basket((1, "Drinks", 0)), None, "AMOUNT_NOT_POSITIVE"),
		(basket(("6901234567890",)), None, "AMOUNT_TOO_LARGE"),
	],
)
def test_a_basket_that_is_wrong_is_refused(lines, total, code):
	with pytest.raises(Refused) as refused:
		quote(lines, total=total)
	assert refused.value.code == code


cents = st.integers(0, 30_000).map(lambda number: D(number) / 100)
baskets = st.lists(
	st.tuples(cents, st.sampled_from(["Drinks", "Cakes"]), st.sampled_from([1, 2, 3, D("0.5")])),
	min_size=1,
	max_size=5,
)
coupon_terms = st.builds(
	CouponTerms,
	template=st.sampled_from(["T1", "T2", "T3", "T4"]),
	kind=st.sampled_from([PERCENT, AMOUNT, FIXED_PRICE, FREE_ITEM]),
	value=st.sampled_from([D(0), D("0.01"), D("7.5"), D(33), D(100)]),
	most=st.sampled_from([D(0), D(5)]),
	units=st.sampled_from([D(0), D(1), D(2)]),
	minimum=st.sampled_from([D(0), D(50)]),
	conditions=st.sampled_from([Conditions(), DRINKS]),
	stacking=st.sampled_from([ALONE, OTHER_GROUPS, ANY]),
	group=st.sampled_from(["", "G"]),
	order=st.integers(0, 1),
	with_tier=st.booleans(),
	per_sale=st.integers(0, 2),
	total_limit=st.integers(0, 2),
	customer_limit=st.integers(0, 2),
)


@st.composite
def offers(draw, most=5):
	made = {}
	for n in range(draw(st.integers(0, most))):
		terms = draw(coupon_terms)
		made.setdefault(terms.template, terms)  # a template has one set of terms
		made[n] = Offer(f"C{n}", made[terms.template], template_uses=draw(st.integers(0, 1)), use_limit=1)
	uses = {offer.terms.template: offer.template_uses for offer in made.values() if isinstance(offer, Offer)}
	return [replace(o, template_uses=uses[o.terms.template]) for o in made.values() if isinstance(o, Offer)]


terms = st.builds(
	Terms,
	tier_percent=st.sampled_from([D(0), D(5), D("12.5"), D(100)]),
	point_value=st.sampled_from([D(0), D("0.01"), D("0.003"), D(2)]),
	points_decimals=st.integers(0, 2),
	minimum=st.sampled_from([D(0), D(10)]),
	share=st.sampled_from([D(0), D(30), D(100)]),
	earn_on=st.sampled_from([engine.AFTER_DISCOUNTS, engine.WITHOUT_POINTS, engine.MONEY_ONLY]),
)
purses = st.builds(Purse, st.integers(0, 5000).map(D), cents)
asks = st.builds(
	Ask, st.sampled_from([None, MAX, D(7)]), st.sampled_from([None, MAX, D("3.3")]), st.booleans()
)


@given(baskets, offers(), terms, purses, asks)
@settings(max_examples=300)
def test_money_is_never_negative_and_adds_up(lines, some, plan, purse, ask):
	made = engine.quote(basket(*lines), VISIT, plan, purse, some, ask)
	assert made.gross == made.tier_discount + made.coupon_discount + made.total
	for name in ("gross", "tier_discount", "coupon_discount"):
		assert getattr(made, name) == sum(getattr(line, name) for line in made.lines)
	assert made.total == sum(line.net for line in made.lines)
	assert all(
		min(line.gross, line.net, line.tier_discount, line.coupon_discount) >= 0 for line in made.lines
	)
	assert made.total == made.points_money + made.value_used + made.to_pay
	assert min(made.total, made.points_money, made.value_used, made.to_pay) >= 0
	assert made.points_used <= min(purse.points, made.points_max or 0)
	assert made.points_money <= made.total * plan.share / 100
	assert made.value_used <= purse.value and 0 <= made.not_earning <= made.total
	for used in made.applied:
		assert used.discount == sum(used.by_line) > 0


@given(baskets, offers(), terms, st.booleans())
@settings(max_examples=300)
def test_limits_and_groups_hold_for_every_set(lines, some, plan, best):
	made = engine.quote(basket(*lines), VISIT, plan, Purse(), some, Ask(best=best))
	used = [next(o for o in some if o.code == applied.code) for applied in made.applied]
	assert len({offer.code for offer in used}) == len(used)
	for offer in used:
		limits, mine = offer.terms, [o for o in used if o.terms.template == offer.terms.template]
		assert not limits.total_limit or offer.template_uses + len(mine) <= limits.total_limit
		assert not limits.customer_limit or len(mine) <= limits.customer_limit
		assert not limits.per_sale or len(mine) <= limits.per_sale
		for other in used:
			if other.terms.template != offer.terms.template:
				assert ALONE not in (other.terms.stacking, limits.stacking)
				same = limits.group and limits.group == other.terms.group
				assert not same or limits.stacking == other.terms.stacking == ANY
	assert made.tier_discount == 0 or all(offer.terms.with_tier for offer in used)
	if not best:
		assert {code for code, _why in made.refused} | {o.code for o in used} == {o.code for o in some}


@given(baskets, offers(4), terms)
@settings(max_examples=150)
def test_the_best_set_is_as_good_as_trying_them_all(lines, some, plan):
	made = engine.quote(basket(*lines), VISIT, plan, Purse(), some, Ask(best=True))
	usable = [o for o in some if o.code not in {code for code, _why in made.refused}]
	assert made.combination_complete
	counter = engine._Counter(basket(*lines), plan)
	for size in range(len(usable) + 1):
		for chosen in itertools.combinations(usable, size):
			legal = not any(stackable(offer, chosen[:i]) for i, offer in enumerate(chosen))
			if legal:
				assert made.total <= engine._Counter.result(counter, chosen).total


@given(baskets, offers(), terms, purses, asks, st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_the_order_of_lines_and_coupons_changes_no_total(lines, some, plan, purse, ask, random):
	one = engine.quote(basket(*lines), VISIT, plan, purse, some, ask)
	shuffled, others = basket(*lines), list(some)
	random.shuffle(shuffled)
	random.shuffle(others)
	two = engine.quote(shuffled, VISIT, plan, purse, others, ask)
	for name in ("gross", "total", "points_used", "value_used", "to_pay", "applied_codes"):
		if name == "applied_codes":
			assert [a.code for a in one.applied] == [a.code for a in two.applied]
		else:
			assert getattr(one, name) == getattr(two, name)
	by_key = {line.key: line for line in two.lines}
	assert all(by_key[line.key] == line for line in one.lines)


def test_many_coupons_are_answered_in_bounded_work():
	many = [coupon(f"C{n:02}", PERCENT, 1 + n / 7, group="") for n in range(40)]
	made = quote(basket((500,), (300, "Cakes")), *many, best=True)
	assert not made.combination_complete and made.total < 200
