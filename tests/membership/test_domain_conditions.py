from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_membership.domain.conditions import Conditions, is_birthday, spelled
from crm_app.crm_membership.domain.earned import SaleLine
from crm_app.crm_membership.domain.sharing import share, to_units


def line(item="TEA", category="Drinks"):
	return SaleLine("1", item, category, 1, 1)


def test_the_last_day_counts_and_the_next_does_not():
	when = Conditions(valid_from=date(2026, 3, 1), valid_until=date(2026, 3, 31))
	assert when.has_begun(date(2026, 3, 1)) and not when.has_begun(date(2026, 2, 28))
	assert not when.has_ended(date(2026, 3, 31)) and when.has_ended(date(2026, 4, 1))


@pytest.mark.parametrize(
	("start", "end", "inside", "outside"),
	[
		(time(14), time(17), [time(14), time(16, 59)], [time(13, 59), time(17)]),
		(time(22), time(2), [time(22), time(0), time(1, 59)], [time(2), time(21, 59)]),
		(None, time(10), [time(0), time(9, 59)], [time(10)]),
		(time(20), None, [time(20), time(23, 59)], [time(19, 59)]),
		(time(20), time(0), [time(20), time(23, 59)], [time(19, 59), time(0)]),
	],
)
def test_hours_begin_sharp_and_may_go_past_midnight(start, end, inside, outside):
	when = Conditions(hour_from=start, hour_to=end)
	assert all(map(when.fits_hour, inside)) and not any(map(when.fits_hour, outside))
	assert not when.fits_hour(None), "a sale without a time is not off-peak"


def test_items_and_categories_are_alternatives_and_exceptions_win():
	when = Conditions(
		items=spelled(["tea "]), categories=spelled(["Cakes"]), not_items=spelled(["Wedding Cake"])
	)
	assert when.fits_line(line("TEA", "Drinks")) and when.fits_line(line("Tart", "cakes"))
	assert not when.fits_line(line("Wedding cake", "Cakes")) and not when.fits_line(line("Milk", None))
	assert Conditions(not_categories=spelled(["Tobacco"])).fits_line(line("Milk", None))


@pytest.mark.parametrize(
	("birthday", "day", "span", "is_it"),
	[
		(date(1990, 5, 20), date(2026, 5, 20), "On the Day", True),
		(date(1990, 5, 20), date(2026, 5, 21), "On the Day", False),
		(date(1990, 5, 20), date(2026, 5, 1), "In the Month", True),
		(date(1990, 5, 20), date(2026, 5, 18), "In the Week", True),
		(date(1990, 5, 20), date(2026, 5, 25), "In the Week", False),
		(date(1992, 2, 29), date(2026, 2, 28), "On the Day", True),
		(date(1992, 2, 29), date(2028, 2, 28), "On the Day", False),
		(date(1990, 1, 2), date(2025, 12, 30), "In the Week", True),
		(date(1990, 12, 30), date(2026, 1, 2), "In the Week", True),
		(None, date(2026, 5, 20), "In the Month", False),
	],
)
def test_birthdays(birthday, day, span, is_it):
	assert is_birthday(birthday, day, span) is is_it


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_shares_add_up_and_stay_within_one_unit_of_exact(total, weights):
	parts = share(total, weights)
	assert sum(parts) == total and min(parts) >= 0
	if sum(weights):
		assert all(
			abs(part * sum(weights) - total * weight) < sum(weights)
			for part, weight in zip(parts, weights, strict=True)
		)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=8), st.data())
def test_a_share_never_exceeds_its_weight_when_the_total_does_not(weights, data):
	total = data.draw(st.integers(0, sum(weights)))
	assert all(part <= weight for part, weight in zip(share(total, weights), weights, strict=True))


def test_too_many_decimals_are_not_swallowed():
	from decimal import Decimal

	assert to_units(Decimal("1.23"), 2) == 123
	with pytest.raises(ValueError, match="more than 2"):
		to_units(Decimal("1.234"), 2)
