"""Values and operators of segment rules, without a site."""

from datetime import date

import pytest

from crm_app.crm_marketing.domain.campaign import (
	check_costs_fit,
	check_frozen_budget,
	check_period,
	expected_responses,
	expected_return,
	last_day,
)
from crm_app.crm_marketing.domain.segment_rules import (
	CHOICE,
	DATE,
	NUMBER,
	OPERATORS,
	TEXT,
	YES_NO,
	Field,
	in_words,
	nearest,
	parse_rule,
)
from crm_app.utils.rules import RuleError

CITY = Field("city", "City", TEXT)
GRADE = Field("grade", "Grade", CHOICE, ("Ordinary", "VIP"), (("贵宾", "VIP"),))
AMOUNT = Field("amount", "Amount", NUMBER)
BIRTHDAY = Field("birthday", "Birthday", DATE)
BLOCKED = Field("blocked", "Blocked", YES_NO)


def value_of(field, operator, text):
	return parse_rule("Customer", field, operator, text).value


@pytest.mark.parametrize(
	("field", "operator", "text", "value"),
	[
		(CITY, "in", "Beijing,上海、Wuhan; Xi'an", ("Beijing", "上海", "Wuhan", "Xi'an")),
		(CITY, "equals", " Beijing ", "Beijing"),
		(CITY, "is set", "ignored", None),
		(GRADE, "equals", "贵宾", "VIP"),
		(AMOUNT, "at least", "1 000.50", 1000.5),
		(AMOUNT, "between", "10, 20", (10, 20)),
		(BIRTHDAY, "equals", "1990/05/12", date(1990, 5, 12)),
		(BIRTHDAY, "in last days", "30", 30),
		(BIRTHDAY, "month is", "5", 5),
		(BLOCKED, "equals", "是", 1),
	],
)
def test_values_are_read_by_the_kind_of_the_field(field, operator, text, value):
	assert value_of(field, operator, text) == value


@pytest.mark.parametrize(
	("field", "operator", "text", "message"),
	[
		(CITY, "greater than", "A", "cannot be compared"),
		(AMOUNT, "contains", "1", "cannot be compared"),
		(AMOUNT, "equals", "much", "not a number"),
		(AMOUNT, "equals", "NaN", "not a number"),
		(AMOUNT, "equals", "", "enter a value"),
		(AMOUNT, "between", "20, 10", "must not be greater"),
		(AMOUNT, "between", "20", "two values"),
		(GRADE, "in", "VIP, Gold", "no value “Gold”"),
		(BIRTHDAY, "at least", "12.5.1990", "not a date"),
		(BIRTHDAY, "equals", "2026-02-30", "not a date"),
		(BIRTHDAY, "month is", "13", "month"),
		(BIRTHDAY, "in last days", "-3", "number of days"),
		(BIRTHDAY, "anniversary in next days", "301", "number of days"),
		(BLOCKED, "equals", "maybe", "1 for yes"),
	],
)
def test_values_that_do_not_fit_are_refused_with_a_reason(field, operator, text, message):
	with pytest.raises(RuleError, match=message):
		value_of(field, operator, text)


def test_every_kind_of_field_has_operators():
	assert all(OPERATORS.values())


def test_a_mistyped_field_gets_a_hint():
	assert nearest("birthdya", [CITY, GRADE, BIRTHDAY])[0] == "Birthday"


def test_rules_can_be_read_as_a_sentence():
	rules = [
		parse_rule("Customer", CITY, "in", "A, B"),
		parse_rule("Transactions", AMOUNT, "at least", "5", 90),
	]
	assert in_words(rules, False) == "City in A, B and Amount at least 5 (last 90 days)"


def test_campaign_arithmetic_is_exact():
	assert expected_responses(150, "1") == 2  # 1.5 rounds up
	assert expected_return(15000, 10000) == 0.5
	assert expected_return(15000, 0) == 0
	assert last_day(date(2026, 2, 10), 10) == date(2026, 2, 19)


def test_a_campaign_cannot_end_before_it_starts_or_cost_more_than_its_budget():
	with pytest.raises(RuleError, match="before the start"):
		check_period(date(2026, 2, 2), date(2026, 2, 1))
	with pytest.raises(RuleError, match="more than the budget"):
		check_costs_fit("100", ["60.01", "40"])
	with pytest.raises(RuleError, match="new approval"):
		check_frozen_budget("100.01", "100")
	check_frozen_budget("99", "100")
