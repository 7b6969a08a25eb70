from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_customers.domain.standing import (
	GradeRules,
	PurchaseFacts,
	StageRules,
	decide_grade,
	decide_stage,
)

TODAY = date(2026, 6, 30)
STAGES = {"Potential", "Development", "Growth", "Mature", "Decline", "Terminated"}


def facts(first_days=400, last_days=10, orders=10, **values):
	return PurchaseFacts(
		TODAY,
		first_on=TODAY - timedelta(days=first_days),
		last_on=TODAY - timedelta(days=last_days),
		orders=orders,
		**values,
	)


@pytest.mark.parametrize(
	("known", "stage"),
	[
		(PurchaseFacts(TODAY), "Potential"),
		(facts(first_days=5, last_days=5, orders=1), "Development"),
		(facts(first_days=90, orders=3), "Growth"),
		(facts(first_days=364, orders=20), "Growth"),
		(facts(first_days=365, orders=8), "Mature"),
		(facts(last_days=179), "Mature"),
		(facts(last_days=180), "Decline"),
		(facts(last_days=730, first_days=900), "Terminated"),
		(facts(earlier_amount=Decimal(1000), recent_amount=Decimal(400)), "Decline"),
		(facts(earlier_amount=Decimal(1000), recent_amount=Decimal(401)), "Mature"),
	],
)
def test_the_stage_follows_what_was_bought(known, stage):
	assert decide_stage(known, StageRules()).value == stage


def test_a_young_customer_is_not_called_declining_for_a_short_past():
	young = facts(first_days=300, orders=5, earlier_amount=Decimal(1000), recent_amount=Decimal(1))
	assert decide_stage(young, StageRules()).value == "Growth"


def test_a_threshold_of_zero_is_switched_off():
	silent = facts(first_days=3000, last_days=2000)
	rules = StageRules(decline_days=0, terminated_days=0, decline_percent=0)
	assert decide_stage(silent, rules).value == "Mature"


@given(
	orders=st.integers(0, 50),
	last=st.integers(0, 2000),
	longer=st.integers(0, 2000),
	money=st.decimals(-1000, 100000, places=2),
)
def test_every_history_has_a_stage_and_a_reason_that_can_be_shown(orders, last, longer, money):
	known = facts(last + longer, last, orders, recent_amount=money, earlier_amount=money)
	decision = decide_stage(known, StageRules())
	assert decision.value in STAGES
	assert "{" not in decision.reason.format(*decision.values)


@pytest.mark.parametrize(
	("amount", "orders", "grade"),
	[("10000", 1, "VIP"), ("9999.99", 1, "Potential"), ("10", 24, "VIP"), ("2999.99", 23, "Ordinary")],
)
def test_the_grade_follows_amount_and_orders(amount, orders, grade):
	rules = GradeRules(Decimal(10000), 24, Decimal(3000))
	known = facts(window_amount=Decimal(amount), window_orders=orders)
	assert decide_grade(known, rules).value == grade


def test_without_rules_everybody_is_ordinary():
	assert decide_grade(facts(window_amount=Decimal(10**9)), GradeRules()).value == "Ordinary"
