"""Working time: how much of it lies between two moments, and when an amount of it will have passed.

Moments are timezone-aware datetimes; answers are in UTC. Intervals are intersected, never stepped through,
so a case that stays open for a year costs as much as its number of days.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone, tzinfo

Interval = tuple[datetime, datetime]
Range = tuple[int, int]

MINUTES_PER_DAY = 24 * 60
ZERO = timedelta(0)
ONE_DAY = timedelta(days=1)
# A calendar without a working hour in this span has none for practical purposes.
HORIZON = timedelta(days=4 * 366)


class NoWorkingTime(ValueError):
	"""The calendar never reaches the amount that was asked for."""


@dataclass(frozen=True)
class WorkingCalendar:
	"""`weekly[0]` is Monday; ranges are minutes of the local day, end excluded, 1440 is midnight.

	`special` replaces the weekday's ranges on a date: () is a holiday.
	"""

	weekly: tuple[tuple[Range, ...], ...]
	special: dict[date, tuple[Range, ...]] = field(default_factory=dict)
	zone: tzinfo = timezone.utc

	def __post_init__(self):
		if len(self.weekly) != 7:
			raise ValueError("a week has seven days")
		for ranges in (*self.weekly, *self.special.values()):
			check_ranges(ranges)

	def ranges_on(self, day: date) -> tuple[Range, ...]:
		return self.special.get(day, self.weekly[day.weekday()])


def round_the_clock(zone: tzinfo = timezone.utc) -> WorkingCalendar:
	return WorkingCalendar(weekly=(((0, MINUTES_PER_DAY),),) * 7, zone=zone)


def check_ranges(ranges: Iterable[Range]) -> None:
	"""Raises ValueError unless each range ends after it starts and none overlaps another."""
	previous_end = 0
	for start, end in sorted(ranges):
		if not 0 <= start < end <= MINUTES_PER_DAY:
			raise ValueError(f"range {start}-{end} does not lie within a day")
		if start < previous_end:
			raise ValueError(f"range {start}-{end} overlaps the one before it")
		previous_end = end


def elapsed(calendar: WorkingCalendar, start: datetime, end: datetime, holds: Iterable = ()) -> timedelta:
	"""Working time from `start` to `end` that is not on hold; zero when `end` is not after `start`.

	`holds` are (from, until) pairs in any order, overlapping or not; an `until` of None has not ended.
	"""
	closed = merge_holds(holds)
	return sum((stop - begin for begin, stop in running_time(calendar, start, end, closed)), ZERO)


def add(calendar: WorkingCalendar, start: datetime, amount: timedelta, holds: Iterable = ()) -> datetime:
	"""The first moment at which `amount` of working time has passed since `start`, holds left out.

	Raises NoWorkingTime when that moment does not come within four years.
	"""
	if amount <= ZERO:
		return _utc(start)
	left = amount
	closed = merge_holds(holds)
	for begin, stop in running_time(calendar, start, _utc(start) + HORIZON, closed):
		if stop - begin >= left:
			return begin + left
		left -= stop - begin
	raise NoWorkingTime(f"{amount} of working time does not pass within four years of {start}")


def running_time(calendar, start: datetime, end: datetime, holds: list[Interval]) -> Iterator[Interval]:
	"""Disjoint, ascending intervals in which the clock runs."""
	for interval in working_intervals(calendar, start, end):
		yield from _subtract(interval, holds)


def working_intervals(calendar: WorkingCalendar, start: datetime, end: datetime) -> Iterator[Interval]:
	"""Disjoint, ascending working intervals within [start, end), in UTC."""
	for begin, stop, offset in _constant_offset_spans(calendar.zone, _utc(start), _utc(end)):
		day, last = (begin + offset).date(), (stop + offset).date()
		while day <= last:
			midnight = datetime.combine(day, time(), tzinfo=timezone.utc) - offset
			for first_minute, last_minute in sorted(calendar.ranges_on(day)):
				opens = max(begin, midnight + timedelta(minutes=first_minute))
				closes = min(stop, midnight + timedelta(minutes=last_minute))
				if opens < closes:
					yield opens, closes
			day += ONE_DAY


def _constant_offset_spans(zone: tzinfo, start: datetime, end: datetime) -> Iterator[tuple]:
	"""(begin, stop, offset from UTC) pieces of at most a day: daylight saving starts a piece of its own."""
	begin = start
	while begin < end:
		stop = min(begin + ONE_DAY, end)
		offset = begin.astimezone(zone).utcoffset()
		if stop.astimezone(zone).utcoffset() != offset:
			stop = min(stop, _clock_change(zone, begin, stop))
		yield begin, stop, offset
		begin = stop


def _clock_change(zone: tzinfo, begin: datetime, stop: datetime) -> datetime:
	"""The moment between `begin` and `stop` at which the offset of `begin` no longer holds, to the second."""
	offset = begin.astimezone(zone).utcoffset()
	low, high = int(begin.timestamp()), int(stop.timestamp()) + 1
	while high - low > 1:
		middle = (low + high) // 2
		if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
			low = middle
		else:
			high = middle
	return datetime.fromtimestamp(high, timezone.utc)


def merge_holds(holds: Iterable) -> list[Interval]:
	"""Overlapping and touching holds become one; empty ones go."""
	never = datetime.max.replace(tzinfo=timezone.utc)
	spans = sorted((_utc(begin), _utc(until) if until else never) for begin, until in holds)
	merged: list[Interval] = []
	for begin, until in spans:
		if until <= begin:
			continue
		if merged and begin <= merged[-1][1]:
			merged[-1] = (merged[-1][0], max(merged[-1][1], until))
		else:
			merged.append((begin, until))
	return merged


def _subtract(interval: Interval, holds: list[Interval]) -> Iterator[Interval]:
	begin, stop = interval
	for hold_begin, hold_until in holds:
		if hold_until <= begin:
			continue
		if hold_begin >= stop:
			break
		if hold_begin > begin:
			yield begin, hold_begin
		begin = max(begin, hold_until)
		if begin >= stop:
			return
	yield begin, stop


def _utc(moment: datetime) -> datetime:
	if moment.tzinfo is None:
		raise ValueError("working time needs aware datetimes")
	return moment.astimezone(timezone.utc)
