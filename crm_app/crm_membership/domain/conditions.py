"""When, where, for whom and for what a rule or a coupon holds. Empty conditions hold always."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY, WEEK, MONTH = "On the Day", "In the Week", "In the Month"


def spelled(values: Iterable[str]) -> frozenset[str]:
	"""Texts in the one spelling in which they are compared."""
	return frozenset(fold(value) for value in values)


def fold(text: str | None) -> str:
	return (text or "").strip().casefold()


@dataclass(frozen=True, slots=True)
class Conditions:
	"""Texts as `spelled` gives them; weekdays 0 (Monday) to 6; `valid_until` and `hour_to` as people read
	them:
	the last day still counts, the last minute does not."""

	valid_from: date | None = None
	valid_until: date | None = None
	weekdays: frozenset[int] = frozenset()
	hour_from: time | None = None
	hour_to: time | None = None
	stores: frozenset[str] = frozenset()
	channels: frozenset[str] = frozenset()
	tiers: frozenset[str] = frozenset()
	items: frozenset[str] = frozenset()
	categories: frozenset[str] = frozenset()
	not_items: frozenset[str] = frozenset()
	not_categories: frozenset[str] = frozenset()

	@property
	def about_lines(self) -> bool:
		return bool(self.items or self.categories or self.not_items or self.not_categories)

	def has_begun(self, day: date) -> bool:
		return not self.valid_from or self.valid_from <= day

	def has_ended(self, day: date) -> bool:
		return bool(self.valid_until and self.valid_until < day)

	def fits_weekday(self, day: date) -> bool:
		return not self.weekdays or day.weekday() in self.weekdays

	def fits_hour(self, moment: time | None) -> bool:
		"""From 22:00 to 02:00 goes past midnight. A moment that is not known fits no hours."""
		if self.hour_from is None and self.hour_to is None:
			return True
		if moment is None:
			return False
		start = self.hour_from or time.min
		if self.hour_to is None or self.hour_to == time.min:
			return moment >= start
		if start <= self.hour_to:
			return start <= moment < self.hour_to
		return moment >= start or moment < self.hour_to

	def fits_store(self, store: str | None) -> bool:
		return not self.stores or fold(store) in self.stores

	def fits_channel(self, channel: str | None) -> bool:
		return not self.channels or fold(channel) in self.channels

	def fits_tier(self, tier: str | None) -> bool:
		return not self.tiers or fold(tier) in self.tiers

	def fits_line(self, line) -> bool:
		"""`line` has item_code and category. Named items and categories are alternatives; exceptions win."""
		item, category = fold(line.item_code), fold(line.category)
		if item in self.not_items or category in self.not_categories:
			return False
		if not self.items and not self.categories:
			return True
		return item in self.items or category in self.categories


ALWAYS = Conditions()


def is_birthday(birthday: date | None, day: date, span: str) -> bool:
	"""Whether `day` lies in the month, in the week (Monday to Sunday) or on the day of a birthday.

	Who was born on 29 February celebrates on the 28th in the other years.
	"""
	if not birthday:
		return False
	if span == MONTH:
		return birthday.month == day.month
	monday = day - timedelta(days=day.weekday())
	first, last = (day, day) if span == DAY else (monday, monday + timedelta(days=6))
	return any(first <= anniversary(birthday, year) <= last for year in {first.year, last.year})


def anniversary(birthday: date, year: int) -> date:
	try:
		return birthday.replace(year=year)
	except ValueError:
		return date(year, 2, 28)
