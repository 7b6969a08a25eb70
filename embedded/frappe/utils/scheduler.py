"""scheduler_events of the apps: which are due, and running them."""

import datetime

import frappe
from frappe.app_hooks import get_hooks

FREQUENCIES = {
	"all": "*/4 * * * *",
	"hourly": "0 * * * *",
	"hourly_long": "0 * * * *",
	"hourly_maintenance": "0 * * * *",
	"daily": "0 0 * * *",
	"daily_long": "0 0 * * *",
	"daily_maintenance": "0 0 * * *",
	"weekly": "0 0 * * 0",
	"weekly_long": "0 0 * * 0",
	"monthly": "0 0 1 * *",
	"monthly_long": "0 0 1 * *",
	"yearly": "0 0 1 1 *",
}


def sync_jobs():
	"""One Scheduled Job Type row per method of scheduler_events."""
	wanted = _events()
	known = dict(frappe.get_all("Scheduled Job Type", fields=["method", "name"], as_list=True))
	for method, cron in wanted.items():
		if method in known:
			frappe.db.set_value(
				"Scheduled Job Type", known[method], "cron_format", cron, update_modified=False
			)
		else:
			frappe.get_doc(
				doctype="Scheduled Job Type",
				method=method,
				cron_format=cron,
				frequency="Cron",
				last_execution=frappe.utils.now_datetime(),
			).insert(ignore_permissions=True)
	for method in set(known) - set(wanted):
		frappe.delete_doc("Scheduled Job Type", known[method], force=1)


def _events() -> dict[str, str]:
	out = {}
	for frequency, methods in get_hooks("scheduler_events", default={}).items():
		if frequency == "cron":
			for cron, cron_methods in methods.items():
				out.update(dict.fromkeys(cron_methods, cron))
		else:
			out.update(dict.fromkeys(methods, FREQUENCIES[frequency]))
	return out


def run_due_events(now: datetime.datetime | None = None) -> int:
	"""Queue every scheduled method that is due; a missed one once. Returns how many."""
	from frappe.utils.background_jobs import enqueue

	now = now or frappe.utils.now_datetime()
	count = 0
	for row in frappe.get_all(
		"Scheduled Job Type", {"stopped": 0}, ["name", "method", "cron_format", "last_execution", "creation"]
	):
		if next_run(row.cron_format, row.last_execution or row.creation) > now:
			continue
		frappe.db.set_value("Scheduled Job Type", row.name, "last_execution", now)
		enqueue(row.method, job_id=f"scheduled:{row.method}", deduplicate=True)
		count += 1
	frappe.db.commit()
	return count


def next_run(cron: str, after: datetime.datetime) -> datetime.datetime:
	"""First minute after `after` that a five-field cron line names."""
	minutes, hours, days, months, weekdays = (
		_field(text, low, high)
		for text, (low, high) in zip(cron.split(), ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7)), strict=True)
	)
	any_day, any_weekday = cron.split()[2] == "*", cron.split()[4] == "*"
	moment = after.replace(second=0, microsecond=0) + datetime.timedelta(minutes=1)
	for _day in range(366 * 5):
		in_month = moment.day in days
		in_week = moment.isoweekday() % 7 in weekdays or (moment.isoweekday() == 7 and 7 in weekdays)
		fits = in_week if any_day and not any_weekday else in_month if any_weekday else in_month or in_week
		if moment.month in months and fits:
			for hour in sorted(h for h in hours if h >= moment.hour):
				first = moment.minute if hour == moment.hour else 0
				if found := [m for m in sorted(minutes) if m >= first]:
					return moment.replace(hour=hour, minute=found[0])
		moment = (moment + datetime.timedelta(days=1)).replace(hour=0, minute=0)
	raise ValueError(f"cron line never fires: {cron}")


def _field(text: str, low: int, high: int) -> set[int]:
	out = set()
	for part in text.split(","):
		span, _slash, step = part.partition("/")
		first, last = (low, high) if span == "*" else (int(span.split("-")[0]), int(span.split("-")[-1]))
		out.update(range(first, (high if step and "-" not in span else last) + 1, int(step or 1)))
	return out
