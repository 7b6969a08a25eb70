"""What the scheduler calls every hour: the nightly refresh when its hour has come, changes otherwise."""

import frappe
from frappe.utils import add_to_date, get_datetime, getdate, now_datetime

from crm_app.crm_analytics.scores import runs, settings
from crm_app.crm_analytics.scores.changes import changed_customers
from crm_app.crm_analytics.scores.work import RUN, RunBusy, carry_on

ALIVE = 15  # minutes without a step after which a running refresh counts as killed


def hourly() -> str | None:
	"""Returns the name of the run that was carried out, None when nothing was due."""
	if somebody_at_work():
		return None
	name = _due()
	if not name:
		return None
	try:
		return carry_on(name)
	except RunBusy:
		return None


def somebody_at_work() -> bool:
	return any(
		get_datetime(row.modified) > add_to_date(now_datetime(), minutes=-ALIVE)
		for row in frappe.get_all(RUN, {"status": "Running"}, ["modified"])
	)


def _due() -> str | None:
	found, now, day = runs.standing(), now_datetime(), runs.day_of_scores()
	if found is None or found.as_of < day:
		at_night = settings.value("refresh_nightly") and now.hour >= settings.value("refresh_hour")
		return runs.start() if at_night else None
	if not settings.value("follow_changes") or found.as_of != getdate(day):
		return None
	return runs.start() if changed_customers(runs.last_watermark()) else None


def all_scores(told=None) -> str:
	"""For the command line and the demo: whatever is due, here and now."""
	return runs.refresh(told=told)
