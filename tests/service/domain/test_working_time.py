"""The arithmetic of working time against a slow oracle that steps through minutes."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_app.crm_service.domain.working_time import (
	NoWorkingTime,
	WorkingCalendar,
	add,
	check_ranges,
	elapsed,
	merge_holds,
	round_the_clock,
)

UTC = timezone.utc
SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
MINUTE = timedelta(minutes=1)
OFFICE = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
OFFICE_WEEK = (OFFICE,) * 5 + ((), ())


def office(zone=SHANGHAI, **special):
	return WorkingCalendar(OFFICE_WEEK, {date.fromisoformat(k): v for k, v in special.items()}, zone)


def at(text, zone=SHANGHAI):
	return datetime.fromisoformat(text).replace(tzinfo=zone)


def is_working(calendar, moment, holds):
	local = moment.astimezone(calendar.zone)
	minute = local.hour * 60 + local.minute
	if not any(start <= minute < end for start, end in calendar.ranges_on(local.date())):
		return False
	return not any(begin <= moment and (until is None or moment < until) for begin, until in holds)


def slow_elapsed(calendar, start, end, holds=()):
	minutes = 0
	while start < end:
		minutes += is_working(calendar, start, holds)
		start += MINUTE
	return timedelta(minutes=minutes)


ranges = st.lists(st.integers(0, 1440), max_size=6, unique=True).map(
	lambda cuts: tuple(zip(*[iter(sorted(cuts)[: len(cuts) // 2 * 2])] * 2, strict=True))
)
# Around both changes of the clock in New York, and an ordinary week.
starts = st.sampled_from(["2026-03-07", "2026-10-31", "2026-06-10"]).flatmap(
	lambda day: st.integers(0, 2 * 1440).map(lambda m: at(day, UTC) + timedelta(minutes=m))
)
calendars = st.builds(
	WorkingCalendar,
	weekly=st.tuples(*[ranges] * 7),
	special=st.dictionaries(st.dates(date(2026, 3, 7), date(2026, 3, 12)), ranges, max_size=2),
	zone=st.sampled_from([UTC, SHANGHAI, NEW_YORK, ZoneInfo("Asia/Kathmandu")]),
)
holds_after = st.lists(
	st.tuples(st.integers(-600, 5000), st.one_of(st.none(), st.integers(0, 3000))), max_size=4
)


def place(holds, start):
	return [
		(start + begin * MINUTE, None if length is None else start + (begin + length) * MINUTE)
		for begin, length in holds
	]


@settings(max_examples=100, deadline=None)
@given(calendars, starts, st.integers(-100, 6000), holds_after)
def test_elapsed_time_equals_the_minutes_that_an_oracle_counts(calendar, start, length, holds):
	end, holds = start + length * MINUTE, place(holds, start)
	assert elapsed(calendar, start, end, holds) == slow_elapsed(calendar, start, end, holds)


@settings(max_examples=100, deadline=None)
@given(calendars, starts, st.integers(1, 3000), holds_after)
def test_added_time_is_the_first_moment_at_which_the_amount_has_elapsed(calendar, start, minutes, holds):
	amount, holds = minutes * MINUTE, place(holds, start)
	try:
		reached = add(calendar, start, amount, holds)
	except NoWorkingTime:
		assert elapsed(calendar, start, start + timedelta(days=4 * 366), holds) < amount
		return
	assert elapsed(calendar, start, reached, holds) == amount
	assert elapsed(calendar, start, reached - timedelta(seconds=1), holds) < amount


@given(calendars, starts, st.integers(0, 4000), st.integers(0, 4000), holds_after)
def test_elapsed_time_adds_up_over_adjoining_spans(calendar, start, first, second, holds):
	middle, end = start + first * MINUTE, start + (first + second) * MINUTE
	holds = place(holds, start)
	assert elapsed(calendar, start, end, holds) == (
		elapsed(calendar, start, middle, holds) + elapsed(calendar, middle, end, holds)
	)


def test_a_weekend_a_holiday_and_the_lunch_break_do_not_count():
	calendar = office(**{"2026-10-01": ()})
	start = at("2026-09-30T17:00")
	assert add(calendar, start, timedelta(hours=5)) == at("2026-10-02T14:00")
	assert elapsed(calendar, start, at("2026-10-05T09:30")) == timedelta(hours=9, minutes=30)


def test_a_make_up_saturday_counts_like_the_weekday_it_stands_for():
	calendar = office(**{"2026-10-10": OFFICE})
	assert elapsed(calendar, at("2026-10-10T00:00"), at("2026-10-12T00:00")) == timedelta(hours=8)


def test_a_hold_moves_the_deadline_by_its_working_time_only():
	start = at("2026-06-10T16:00")
	hold = (at("2026-06-10T17:00"), at("2026-06-11T10:00"))
	assert add(office(), start, timedelta(hours=4)) == at("2026-06-11T11:00")
	assert add(office(), start, timedelta(hours=4), [hold]) == at("2026-06-11T14:00")


def test_a_hold_after_the_deadline_does_not_move_it():
	start = at("2026-06-10T09:00")
	late = (at("2026-06-10T14:00"), at("2026-06-10T16:00"))
	assert add(office(), start, timedelta(hours=2), [late]) == at("2026-06-10T11:00")


def test_twenty_four_hours_round_the_clock_are_a_day_later_except_where_the_clock_changes():
	assert add(round_the_clock(), at("2026-02-28T10:00", UTC), timedelta(hours=24)) == at(
		"2026-03-01T10:00", UTC
	)
	change = add(round_the_clock(NEW_YORK), at("2026-03-07T12:00", NEW_YORK), timedelta(hours=24))
	assert change.astimezone(NEW_YORK).hour == 13


def test_overlapping_holds_are_counted_once():
	start = at("2026-06-10T09:00")
	holds = [(start, start + 3 * MINUTE), (start + MINUTE, start + 5 * MINUTE), (start + MINUTE, start)]
	assert merge_holds(holds) == [(start, start + 5 * MINUTE)]


def test_a_calendar_that_is_always_closed_is_refused_rather_than_searched_for_ever():
	with pytest.raises(NoWorkingTime):
		add(WorkingCalendar(((),) * 7), at("2026-06-10T09:00"), MINUTE)


@pytest.mark.parametrize("wrong", [[(60, 60)], [(60, 30)], [(0, 1441)], [(0, 100), (99, 120)]])
def test_ranges_must_lie_in_the_day_and_not_overlap(wrong):
	with pytest.raises(ValueError, match="range"):
		check_ranges(wrong)


def test_naive_moments_are_refused():
	with pytest.raises(ValueError, match="aware"):
		elapsed(round_the_clock(), datetime(2026, 1, 1), datetime(2026, 1, 2))


def test_a_year_costs_as_much_as_its_days():
	year = elapsed(office(), at("2026-01-01T00:00"), at("2027-01-01T00:00"))
	assert year == timedelta(hours=8 * 261)
