"""Entry, stay and periods of tiers."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_membership.domain.tiers import (
	CALENDAR,
	DOWN,
	KEEP,
	UP,
	Done,
	Period,
	Plan,
	Tier,
	add_months,
	check_credit_life,
	last_period_end,
	review,
)
from crm_app.utils.rules import RuleError

SILVER = Tier("Silver", 1)
GOLD = Tier("Gold", 2, Decimal(5000), Decimal(3000))
PLUS = Tier("Plus", 3, is_bought=True)
DIAMOND = Tier("Diamond", 4, Decimal(20000), Decimal(12000), entry_visits=3, stay_visits=2)
PLAN = Plan.of([DIAMOND, GOLD, PLUS, SILVER])


def done(amount, visits=99):
	return Done(Decimal(amount), visits)


@pytest.mark.parametrize(
	"amount, visits, tier",
	[(4999, 9, SILVER), (5000, 0, GOLD), (20000, 2, GOLD), (20000, 3, DIAMOND), (10**6, 9, DIAMOND)],
)
def test_the_highest_threshold_that_is_passed_counts_and_amount_and_visits_both(amount, visits, tier):
	assert PLAN.raised(SILVER, done(amount, visits)) == tier


def test_purchases_alone_never_lead_onto_a_bought_tier():
	assert PLAN.raised(SILVER, done(19999)) == GOLD
	assert PLAN.next_above(GOLD) == DIAMOND
	assert PLAN.lowered(DIAMOND, done(3000)) == GOLD


@pytest.mark.parametrize(
	"current, stay, action, tier",
	[
		(DIAMOND, done(12000, 2), KEEP, DIAMOND),
		(DIAMOND, done(12000, 1), DOWN, GOLD),
		(DIAMOND, done(11999), DOWN, GOLD),
		(GOLD, done(2999), DOWN, SILVER),
		(GOLD, done(3000), KEEP, GOLD),
	],
)
def test_who_misses_the_stay_condition_falls_to_what_is_still_kept(current, stay, action, tier):
	verdict = review(PLAN, current, True, Done(), stay)
	assert (verdict.action, verdict.tier, verdict.done) == (action, tier, stay)


def test_a_tier_is_safe_until_its_time_is_over():
	assert review(PLAN, GOLD, False, Done(), Done()) is None
	assert review(PLAN, SILVER, True, Done(), Done()) is None
	assert review(PLAN, PLUS, True, Done(), Done()) is None
	assert review(PLAN, GOLD, True, done(20000), Done()).action == UP


@given(
	st.sampled_from(PLAN.tiers),
	st.booleans(),
	st.integers(0, 30000),
	st.integers(0, 5),
	st.integers(0, 30000),
)
def test_more_purchases_never_lead_to_a_lower_tier(current, due, amount, visits, more):
	less, most = done(amount, visits), done(amount + more, visits + 1)

	def level(figures):
		verdict = review(PLAN, current, due, figures, figures)
		return verdict.tier.level if verdict else current.level

	assert level(less) <= level(most)


def test_periods_by_months_and_by_year():
	day = date(2026, 3, 31)
	assert PLAN.entry_period(day) == Period(date(2025, 4, 1), day) == PLAN.stay_period(day)
	assert PLAN.valid_until(GOLD, date(2024, 2, 29)) == date(2025, 2, 28)
	years = Plan.of(PLAN.tiers, CALENDAR)
	assert years.entry_period(day) == Period(date(2026, 1, 1), day)
	assert years.stay_period(day) == Period(date(2025, 1, 1), date(2025, 12, 31))
	assert years.stay_period(date(2026, 12, 31)) == Period(date(2026, 1, 1), date(2026, 12, 31))
	assert years.valid_until(GOLD, day) == date(2027, 12, 31)
	assert years.valid_until(SILVER, day) is None
	assert last_period_end(PLAN, day) == date(2026, 2, 28)
	assert last_period_end(years, day) == date(2025, 12, 31)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(-60, 60))
def test_months_end_in_the_month_that_is_meant(day, months):
	moved = add_months(day, months)
	assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
	assert moved.day <= day.day


def test_credit_has_to_live_as_long_as_it_counts():
	check_credit_life(PLAN, 0)
	check_credit_life(PLAN, 12)
	with pytest.raises(RuleError):
		check_credit_life(Plan.of([], months=24), 12)
