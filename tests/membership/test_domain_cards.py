from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crm_app.crm_membership.domain import card_number, card_status
from crm_app.utils.rules import RuleError

DIGITS = st.text("0123456789", min_size=1, max_size=18)
TODAY = date(2026, 6, 30)


def test_the_check_digit_is_the_published_one():
	assert card_number.check_digit("7992739871") == "3"
	assert card_number.is_valid("4111111111111111")


@given(DIGITS, st.data())
def test_one_wrong_digit_is_always_found(body, data):
	number = body + card_number.check_digit(body)
	place = data.draw(st.integers(0, len(number) - 1))
	wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
	assert card_number.is_valid(number)
	assert not card_number.is_valid(number[:place] + wrong + number[place + 1 :])


@given(DIGITS, st.data())
def test_swapped_neighbours_are_found_except_09_and_90(body, data):
	number = body + card_number.check_digit(body)
	place = data.draw(st.integers(0, len(number) - 2))
	pair = number[place : place + 2]
	assume(pair[0] != pair[1] and set(pair) != {"0", "9"})
	assert not card_number.is_valid(number[:place] + pair[::-1] + number[place + 2 :])


@given(st.from_regex(r"[0-9]{1,8}", fullmatch=True), st.integers(1, 999), st.integers(12, 19))
def test_made_numbers_are_valid_and_of_one_length(prefix, serial, length):
	number = card_number.make_number(prefix, serial, length)
	assert len(number) == length and number.startswith(prefix) and card_number.is_valid(number)


def test_a_used_up_prefix_says_so():
	assert card_number.make_number("88", 99999, 8)
	with pytest.raises(RuleError, match="No card number is left"):
		card_number.make_number("88", 100000, 8)


@pytest.mark.parametrize("number", ["", "12a4", "411111111111111２", "4111 1111 1111 1111"])
def test_what_is_no_number_is_not_valid(number):
	assert not card_number.is_valid(number)


def test_a_foreign_number_may_have_letters_where_the_programme_says_so():
	card_number.check_foreign("VIP0042", any_number=True)
	with pytest.raises(RuleError, match="mistyped"):
		card_number.check_foreign("VIP0042", any_number=False)
	with pytest.raises(RuleError):
		card_number.check_foreign("<b>1</b>", any_number=True)


@pytest.mark.parametrize(
	("prefix", "length"),
	[("", 16), ("12a", 16), ("123456789", 16), ("80", 16), ("8", 16), ("9", 7), ("9", 20)],
)
def test_a_prefix_that_could_collide_is_refused(prefix, length):
	with pytest.raises(RuleError):
		card_number.check_prefix(prefix, length, {"Other": "80" if prefix != "80" else "8"})


@pytest.mark.parametrize("move", sorted(card_status.MOVES))
def test_each_move_leads_from_its_states_only(move):
	starts, end = card_status.MOVES[move]
	until = date(2026, 1, 1) if move == "expire" else None
	for status in [*card_status.OPEN, card_status.REPLACED, card_status.EXPIRED]:
		if status in starts:
			assert card_status.after(move, status, until, TODAY) == end
		else:
			with pytest.raises(RuleError):
				card_status.after(move, status, until, TODAY)


def test_a_card_expires_the_day_after_its_last_day():
	with pytest.raises(RuleError, match="still valid"):
		card_status.after("expire", "Active", TODAY, TODAY)
	with pytest.raises(RuleError, match="renew"):
		card_status.after("activate", "Issued", date(2026, 6, 29), TODAY)
