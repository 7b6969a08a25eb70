"""Working Calendar records as values of the domain, and the site's naive moments as aware ones."""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_datetime, get_system_timezone, getdate

from crm_app.crm_service.domain.working_time import (
	MINUTES_PER_DAY,
	WorkingCalendar,
	add,
	elapsed,
	round_the_clock,
)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class SiteClock:
	"""Adds and measures working time between the naive datetimes that documents hold."""

	def __init__(self, calendar: WorkingCalendar, site_zone):
		self.calendar, self.site_zone = calendar, site_zone

	@classmethod
	def of(cls, calendar_name: str | None) -> "SiteClock":
		site_zone = ZoneInfo(get_system_timezone())
		if not calendar_name:
			return cls(round_the_clock(site_zone), site_zone)
		return cls(to_domain(frappe.get_cached_doc("Working Calendar", calendar_name)), site_zone)

	def add_hours(self, start, hours: float, holds=()) -> datetime:
		moment = add(self.calendar, self._aware(start), timedelta(hours=hours), self._spans(holds))
		return moment.astimezone(self.site_zone).replace(tzinfo=None)

	def elapsed_seconds(self, start, end, holds=()) -> float:
		return elapsed(
			self.calendar, self._aware(start), self._aware(end), self._spans(holds)
		).total_seconds()

	def _spans(self, holds):
		return [(self._aware(begin), until and self._aware(until)) for begin, until in holds]

	def _aware(self, moment) -> datetime:
		return get_datetime(moment).replace(tzinfo=self.site_zone).astimezone(timezone.utc)


def to_domain(doc) -> WorkingCalendar:
	"""Raises ValueError where ranges do not fit, ZoneInfoNotFoundError for an unknown zone."""
	weekly: dict[str, list] = {weekday: [] for weekday in WEEKDAYS}
	for row in doc.hours:
		weekly[row.weekday].append((to_minutes(row.start_time), to_minutes(row.end_time) or MINUTES_PER_DAY))
	special = {
		getdate(row.holiday_date): tuple(weekly[row.works_like]) if row.works_like else ()
		for row in doc.holidays
	}
	zone = ZoneInfo(doc.time_zone or get_system_timezone())
	return WorkingCalendar(tuple(tuple(weekly[day]) for day in WEEKDAYS), special, zone)


def to_minutes(value) -> int:
	"""Minutes after midnight of a Time value, which is a timedelta from the database and text from a form."""
	if isinstance(value, timedelta):
		return int(value.total_seconds() // 60)
	if isinstance(value, time):
		return value.hour * 60 + value.minute
	if not value:
		return 0
	hours, minutes = str(value).split(":")[:2]
	return int(hours) * 60 + int(minutes)
