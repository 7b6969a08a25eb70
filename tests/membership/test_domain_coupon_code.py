import random

from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_membership.domain import card_number
from crm_app.crm_membership.domain.coupon_code import (
	ALPHABET,
	LENGTH,
	check_character,
	clean,
	is_own,
	is_valid,
	new_code,
	shown,
)

codes = st.integers().map(lambda seed: new_code(random.Random(seed).randrange))


@given(codes)
def test_a_code_is_valid_and_never_a_card_number(code):
	assert is_valid(code) and len(code) == LENGTH and not card_number.is_valid(code)
	assert not set(code) & set("01ILO")


@given(codes, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_every_wrong_character_is_found(code, place, other):
	wrong = code[:place] + other + code[place + 1 :]
	assert is_valid(wrong) is (wrong == code)


@given(codes, st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_every_swap_is_found(code, one, two):
	swapped = list(code)
	swapped[one], swapped[two] = swapped[two], swapped[one]
	assert is_valid("".join(swapped)) is (code[one] == code[two])


def test_codes_are_read_as_people_type_them():
	code = new_code(random.Random(7).randrange)
	assert clean(f" {shown(code).lower()} ") == code and shown(code).count("-") == 2
	assert shown("MT12345") == "MT12345" and not is_own("MT12345")
	assert clean(None) == "" and not is_valid("") and check_character("A") in ALPHABET
