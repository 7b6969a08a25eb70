from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_customers.domain.hierarchy import below
from crm_app.crm_customers.domain.profile import (
	check_birthday,
	check_no_repeats,
	external_key,
	main_contact,
)
from crm_app.utils.phone import BadNumber, normalise_mobile
from crm_app.utils.rules import RuleError

TODAY = date(2026, 6, 30)


def test_the_external_key_joins_system_and_id():
	assert external_key(" shop ", " 42 ") == "shop:42"
	assert external_key("shop", "") is None
	with pytest.raises(RuleError):
		external_key("", "42")


def test_one_contact_is_the_main_one():
	assert main_contact([]) is None
	assert main_contact([False, False]) == 0
	assert main_contact([False, True]) == 1
	with pytest.raises(RuleError, match="1, 3"):
		main_contact([True, False, True])


@pytest.mark.parametrize("birthday", [date(2026, 7, 1), date(1890, 1, 1)])
def test_an_impossible_birthday_is_refused(birthday):
	with pytest.raises(RuleError, match="Birthday"):
		check_birthday(birthday, TODAY)


def test_a_birthday_today_is_fine():
	check_birthday(TODAY, TODAY)
	check_birthday(None, TODAY)


def test_repeated_rows_are_named():
	with pytest.raises(RuleError, match="rows 1 and 3"):
		check_no_repeats([("SMS",), ("Phone",), ("SMS",)], "Consents")


def test_a_circle_of_superiors_ends():
	assert below(["a"], [("a", "c"), ("b", "a"), ("c", "b"), ("d", None)]) == {"a", "b", "c"}


@given(st.integers(13000000000, 19999999999), st.sampled_from(["", "+86", "0086", "+86 "]))
def test_a_chinese_mobile_has_one_spelling(number, prefix):
	typed = f"{prefix}{number}"
	try:
		normal = normalise_mobile(typed)
	except BadNumber:
		return
	assert normal == f"+86{number}"
	assert normalise_mobile(normal) == normal


@pytest.mark.parametrize(
	"text", ["12345", "1380013800", "138001380001", "010-12345678", "+861380", "1.38E+10"]
)
def test_a_number_with_too_few_or_too_many_digits_is_refused(text):
	with pytest.raises(BadNumber):
		normalise_mobile(text)


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_refused(text):
	try:
		normal = normalise_mobile(text)
	except BadNumber:
		return
	assert normal == "" or (normal[0] == "+" and normal[1:].isdigit())
	assert normalise_mobile(normal) == normal
