from zoneinfo import ZoneInfo

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from crm_app.crm_service.calendars import to_domain, to_minutes
from crm_app.crm_service.domain.working_time import MINUTES_PER_DAY


class WorkingCalendar(Document):
	def validate(self):
		self.check_time_zone()
		self.check_hours()
		self.check_special_days()
		to_domain(self)

	def check_time_zone(self):
		if not self.time_zone:
			return
		try:
			ZoneInfo(self.time_zone)
		except (KeyError, ValueError, OSError):  # unknown, or no name of a zone at all
			self.refuse(_("There is no time zone {0}. Write it like Asia/Shanghai.").format(self.time_zone))

	def check_hours(self):
		if not self.hours:
			self.refuse(_("Enter working hours for at least one weekday."))
		reached: dict[str, int] = {}
		for row in sorted(self.hours, key=lambda row: to_minutes(row.start_time)):
			start, end = to_minutes(row.start_time), to_minutes(row.end_time) or MINUTES_PER_DAY
			if end <= start or end > MINUTES_PER_DAY:
				self.refuse(_("Row {0}: the end must be after the start.").format(row.idx))
			if start < reached.get(row.weekday, 0):
				self.refuse(_("Row {0}: the hours overlap others of that weekday.").format(row.idx))
			reached[row.weekday] = end

	def check_special_days(self):
		seen = set()
		for row in self.holidays:
			if getdate(row.holiday_date) in seen:
				self.refuse(_("Row {0}: this date is there twice.").format(row.idx))
			seen.add(getdate(row.holiday_date))

	def refuse(self, message: str):
		frappe.throw(message, title=_("Working Calendar"))
