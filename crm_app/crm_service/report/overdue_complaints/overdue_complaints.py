"""Open complaints whose promise is broken or soon will be, most pressing first, as far as the reader sees.

Computed at this moment, not read from the state that the job last wrote.
"""

from collections import Counter

import frappe
from frappe import _
from frappe.utils import now_datetime

from crm_app.crm_service import alerts, service_level
from crm_app.crm_service.calendars import SiteClock
from crm_app.crm_service.domain.service_state import DUE_SOON, DUE_SOON_AT, OVERDUE

FIELDS = [*alerts.CASE_FIELDS, "customer_name", "severity", "stage", "store"]
FILTERS = ("assigned_to", "severity", "store")


def execute(filters=None):
	filters = frappe._dict(filters or {})
	rows = pressing(filters)
	if filters.state:
		rows = [row for row in rows if row["state_key"] == filters.state]
	return columns(), rows, None, chart(rows), cards(rows)


def pressing(filters) -> list[dict]:
	conditions = {"status_category": "Open"}
	conditions |= {name: filters[name] for name in FILTERS if filters.get(name)}
	cases = frappe.get_list("Complaint", filters=conditions, fields=FIELDS, limit_page_length=0)
	holds, now, clocks = alerts.holds_of(cases), now_datetime(), {}
	rows = []
	for case in cases:
		if case.working_calendar not in clocks:
			clocks[case.working_calendar] = SiteClock.of(case.working_calendar)
		clock = clocks[case.working_calendar]
		for target in service_level.targets_of(case, holds[case.name], now, clock):
			if target.running and target.percent >= DUE_SOON_AT:
				rows.append(line(case, target, now))
	return sorted(rows, key=lambda row: row["due_on"])


def line(case, target, now) -> dict:
	"""Hours are of the clock on the wall: negative ones are still left."""
	state = OVERDUE if now > target.due_on else DUE_SOON
	return {
		"complaint": case.name,
		"subject": case.subject,
		"customer": case.customer,
		"customer_name": case.customer_name,
		"severity": _(case.severity),
		"stage": _(case.stage),
		"assigned_to": case.assigned_to,
		"target": _(target.kind),
		"due_on": target.due_on,
		"hours_late": round((now - target.due_on).total_seconds() / 3600, 1),
		"percent": round(target.percent, 1),
		"state": _(state),
		"state_key": state,
	}


def columns() -> list[dict]:
	return [
		column("complaint", _("Complaint"), "Link", 150, options="Complaint"),
		column("subject", _("Subject"), "Data", 220),
		column("customer", _("Customer"), "Link", 120, options="CRM Customer"),
		column("customer_name", _("Customer Name"), "Data", 150),
		column("severity", _("Severity"), "Data", 90),
		column("stage", _("Stage"), "Data", 120),
		column("assigned_to", _("Person in Charge"), "Link", 160, options="User"),
		column("target", _("Target"), "Data", 110),
		column("due_on", _("Due On"), "Datetime", 160),
		column("hours_late", _("Hours Late"), "Float", 100, precision=1),
		column("percent", _("Time Used (%)"), "Float", 110, precision=1),
		column("state", _("State"), "Data", 100),
	]


def column(fieldname: str, label: str, fieldtype: str, width: int, **more) -> dict:
	return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **more}


def chart(rows: list[dict]) -> dict | None:
	"""Broken and threatened promises of each person, who has most first."""
	if not rows:
		return None
	late, soon = counts(rows, OVERDUE), counts(rows, DUE_SOON)
	people = sorted(late | soon, key=lambda person: (-late[person], -soon[person], person))
	return {
		"data": {
			"labels": [person or _("Nobody") for person in people],
			"datasets": [
				{"name": _(OVERDUE), "values": [late[person] for person in people]},
				{"name": _(DUE_SOON), "values": [soon[person] for person in people]},
			],
		},
		"type": "bar",
		"barOptions": {"stacked": 1},
		"fieldtype": "Int",
		"colors": ["#e24c4c", "#ff8a3d"],
	}


def counts(rows: list[dict], state: str) -> Counter:
	return Counter(row["assigned_to"] or "" for row in rows if row["state_key"] == state)


def cards(rows: list[dict]) -> list[dict]:
	if not rows:
		return []
	unassigned = len({row["complaint"] for row in rows if not row["assigned_to"]})
	return [
		card(_("Complaints"), len({row["complaint"] for row in rows}), "Blue"),
		card(_(OVERDUE), sum(counts(rows, OVERDUE).values()), "Red"),
		card(_(DUE_SOON), sum(counts(rows, DUE_SOON).values()), "Orange"),
		card(_("With Nobody in Charge"), unassigned, "Red" if unassigned else "Green"),
	]


def card(label: str, value: int, indicator: str) -> dict:
	return {"label": label, "value": value, "datatype": "Int", "indicator": indicator}
