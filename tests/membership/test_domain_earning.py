from dataclasses import replace
from datetime import date, time
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_membership.domain import earning
from crm_app.crm_membership.domain.conditions import Conditions, spelled
from crm_app.crm_membership.domain.earned import Sale, SaleLine
from crm_app.crm_membership.domain.earning import (
	ADDS,
	BEST,
	FIXED,
	LINES,
	MULTIPLIER,
	PER_AMOUNT,
	STOPS,
	EarnPlan,
	EarnRule,
	MemberFacts,
	Used,
)

MONDAY = date(2026, 3, 2)
PLAN = EarnPlan(D(1))
NOBODY = MemberFacts()


def sale(*amounts, categories=(), **values):
	lines = tuple(
		SaleLine(
			str(i), f"ITEM-{i}", categories[i] if i < len(categories) else "Drinks", D(1), D(str(amount))
		)
		for i, amount in enumerate(amounts)
	)
	values = {"store": "North", "channel": "Store", "posting_date": MONDAY, "posting_time": time(15)} | values
	return Sale("C1", "CUST", "Club", values.pop("tier", "Gold"), currency="CNY", lines=lines, **values)


def evaluate(basket, *rules, facts=NOBODY, plan=PLAN, used=None):
	return earning.evaluate(basket, facts, plan, rules, used)


def rule(name="R", effect=FIXED, value=50, **values):
	return EarnRule(name, effect, D(str(value)), **values)


def test_without_rules_the_base_rate_counts():
	earned = evaluate(sale(99.9, 0.1), plan=EarnPlan(D("1.5")))
	assert earned.points == 150 and earned.because == (("", D(150)),)


@pytest.mark.parametrize(("rounding", "points"), [("Down", 15), ("Half Up", 16), ("Up", 16)])
def test_the_sum_is_rounded_once(rounding, points):
	earned = evaluate(sale(5.2, 5.2, 5.1), plan=EarnPlan(D(1), rounding))
	assert earned.points == points == sum(line.points for line in earned.lines)


def test_decimals_of_points():
	assert evaluate(sale("5.239"), plan=EarnPlan(D(1), "Down", 2)).points == D("5.23")


def test_a_fixed_number_comes_once_and_a_rate_for_every_unit():
	earned = evaluate(sale(60, 40), rule("Gift"), rule("Extra", PER_AMOUNT, "0.5"))
	assert dict(earned.because) == {"": 100, "Gift": 50, "Extra": 50}
	assert [line.points for line in earned.lines] == [120, 80]


def test_double_points_double_the_base_of_the_matching_lines():
	drinks = Conditions(categories=spelled(["drinks"]))
	double = rule("Double", MULTIPLIER, 2, conditions=drinks, scope=LINES)
	earned = evaluate(sale(60, 40, categories=["Drinks", "Cakes"]), double)
	assert [line.points for line in earned.lines] == [120, 40]
	whole = rule("Double", MULTIPLIER, 2, conditions=drinks)
	assert evaluate(sale(60, 40, categories=["Drinks", "Cakes"]), whole).points == 200
	assert evaluate(sale(60, categories=["Cakes"]), whole).points == 60


def test_a_multiplier_of_nothing_excludes_its_lines():
	tobacco = Conditions(categories=spelled(["Tobacco"]))
	none = rule("No points", MULTIPLIER, 0, conditions=tobacco, scope=LINES)
	again = rule("No points either", MULTIPLIER, 0, conditions=tobacco, scope=LINES, order=1)
	earned = evaluate(sale(60, 40, categories=["Tobacco", "Drinks"]), none, again)
	assert [line.points for line in earned.lines] == [0, 40]
	assert sum(points for _rule, points in earned.because) == earned.points == 40


def test_the_minimum_is_of_what_the_rule_is_about():
	cakes = Conditions(categories=spelled(["Cakes"]))
	fifty = rule(conditions=cakes, scope=LINES, minimum=D(50))
	assert evaluate(sale(60, 49, categories=["Drinks", "Cakes"]), fifty).points == 109
	assert evaluate(sale(60, 50, categories=["Drinks", "Cakes"]), fifty).points == 160


@pytest.mark.parametrize(
	("conditions", "points"),
	[
		(Conditions(weekdays=frozenset({0, 1})), 150),
		(Conditions(weekdays=frozenset({5, 6})), 100),
		(Conditions(hour_from=time(14), hour_to=time(17)), 150),
		(Conditions(hour_from=time(9), hour_to=time(15)), 100),
		(Conditions(stores=spelled(["north"])), 150),
		(Conditions(stores=spelled(["South"])), 100),
		(Conditions(channels=spelled(["Web"])), 100),
		(Conditions(tiers=spelled(["gold"])), 150),
		(Conditions(valid_until=date(2026, 3, 1)), 100),
		(Conditions(valid_from=date(2026, 3, 2)), 150),
	],
)
def test_when_and_where_a_rule_holds(conditions, points):
	assert evaluate(sale(100), rule(conditions=conditions)).points == points


def test_birthday_and_segment():
	birthday = MemberFacts(birthday=date(1990, 3, 30), segments=frozenset({"VIP"}))
	assert evaluate(sale(100), rule(birthday="In the Month"), facts=birthday).points == 150
	assert evaluate(sale(100), rule(birthday="On the Day"), facts=birthday).points == 100
	assert evaluate(sale(100), rule(segment="VIP"), facts=birthday).points == 150
	assert evaluate(sale(100), rule(segment="Other"), facts=birthday).points == 100


def test_of_rivals_only_the_best_counts():
	rules = [rule("A", value=10, combining=BEST), rule("B", value=30, combining=BEST), rule("C", value=5)]
	assert dict(evaluate(sale(100), *rules).because) == {"": 100, "B": 30, "C": 5}


def test_a_rule_that_ends_the_list_keeps_later_ones_out():
	rules = [rule("A", order=1), rule("B", order=2, combining=STOPS), rule("C", order=3)]
	assert [name for name, _points in evaluate(sale(100), *rules).because] == ["", "A", "B"]
	dormant = [rule("B", combining=STOPS, minimum=D(500)), rule("C", order=3)]
	assert [name for name, _points in evaluate(sale(100), *dormant).because] == ["", "C"]


def test_caps_per_sale_per_day_and_per_period():
	capped = rule("Extra", PER_AMOUNT, 1, cap_sale=D(80), cap_day=D(100), cap_period=D(300))
	assert evaluate(sale(200), capped).points == 280
	assert evaluate(sale(200), capped, used={"Extra": Used(day=D(70))}).points == 230
	assert evaluate(sale(200), capped, used={"Extra": Used(period=D(290))}).points == 210
	assert evaluate(sale(200), capped, used={"Extra": Used(day=D(100), period=D(100))}).points == 200


def test_what_was_paid_with_points_earns_nothing_but_tier_credit():
	earned = evaluate(sale(60, 40, not_earning=D(10)))
	assert earned.points == 90 and earned.tier_credit == 100
	assert [line.points for line in earned.lines] == [54, 36]


money = st.integers(0, 50_000).map(lambda cents: D(cents) / 100)
category = st.sampled_from(["Drinks", "Cakes", "Tobacco"])
baskets = st.lists(st.tuples(money, category), min_size=1, max_size=6)
plans = st.builds(
	EarnPlan,
	st.sampled_from([D(1), D("0.1"), D("1.5"), D(0)]),
	st.sampled_from(["Down", "Half Up", "Up"]),
	st.integers(0, 2),
)
monotone_effects = st.one_of(
	st.tuples(st.just(FIXED), st.integers(0, 500)),
	st.tuples(st.just(PER_AMOUNT), st.sampled_from([0, D("0.5"), 2])),
	st.tuples(st.just(MULTIPLIER), st.sampled_from([1, D("1.5"), 3])),
)
caps = st.sampled_from([D(0), D(5), D(100)])


@st.composite
def rules(draw, effects=monotone_effects, combinings=(ADDS, BEST)):
	made = []
	for number in range(draw(st.integers(0, 4))):
		effect, value = draw(effects)
		chosen = draw(st.frozensets(category, max_size=2))
		made.append(
			EarnRule(
				f"R{number}",
				effect,
				D(value),
				draw(st.integers(0, 2)),
				Conditions(categories=spelled(chosen)),
				draw(st.sampled_from([D(0), D(20), D(100)])),
				scope=draw(st.sampled_from([LINES, earning.BASKET])),
				combining=draw(st.sampled_from(combinings)),
				cap_sale=draw(caps),
				cap_day=draw(caps),
			)
		)
	return made


any_effects = st.one_of(monotone_effects, st.tuples(st.just(MULTIPLIER), st.sampled_from([0, D("0.5")])))
any_rules = rules(any_effects, (ADDS, BEST, STOPS))


def basket_of(lines, **values):
	return sale(*[amount for amount, _c in lines], categories=[c for _amount, c in lines], **values)


@given(baskets, any_rules, plans, money)
def test_lines_and_rules_add_up_and_nothing_is_negative(lines, some, plan, not_earning):
	basket = basket_of(lines, not_earning=not_earning)
	earned = evaluate(basket, *some, plan=plan)
	assert earned.points == sum(line.points for line in earned.lines)
	assert earned.points == sum(points for _rule, points in earned.because)
	assert earned.points >= 0 and all(line.points >= 0 for line in earned.lines)
	assert earned.tier_credit == basket.amount == sum(line.tier_credit for line in earned.lines)
	for name, points in earned.because:
		cap = next((min(c for c in (r.cap_sale, r.cap_day) if c) for r in some if r.name == name and
			(r.cap_sale or r.cap_day)), None)  # fmt: skip
		assert cap is None or points <= cap


@given(baskets, rules(), plans, st.data())
def test_more_money_never_earns_fewer_points(lines, some, plan, data):
	more = data.draw(money)
	i = data.draw(st.integers(0, len(lines) - 1))
	richer = [(amount + more if n == i else amount, c) for n, (amount, c) in enumerate(lines)]
	assert (
		evaluate(basket_of(richer), *some, plan=plan).points
		>= evaluate(basket_of(lines), *some, plan=plan).points
	)


@given(baskets, any_rules, plans, st.randoms(use_true_random=False))
def test_the_order_of_lines_and_rules_does_not_matter(lines, some, plan, random):
	basket = basket_of(lines)
	shuffled, others = list(basket.lines), list(some)
	random.shuffle(shuffled)
	random.shuffle(others)
	one = evaluate(basket, *some, plan=plan)
	two = evaluate(replace(basket, lines=tuple(shuffled)), *others, plan=plan)
	assert (one.points, one.because) == (two.points, two.because)
	assert {line.detail: line.points for line in one.lines} == {
		line.detail: line.points for line in two.lines
	}
