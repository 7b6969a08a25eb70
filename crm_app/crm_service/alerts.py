"""Warnings and breaches of service levels: each once per complaint, bundled per person.

The scheduler runs `raise_alerts` every few minutes. A run that is repeated or that comes late changes nothing
twice: the name of an alert is its key.
"""

from collections import defaultdict

import frappe
from frappe import _
from frappe.utils import now_datetime

from crm_app.crm_service import service_level
from crm_app.crm_service.calendars import SiteClock
from crm_app.crm_service.domain.service_state import FIRST_ANSWER, state_of, thresholds_passed
from crm_app.roles import MANAGER

BATCH = 500
CASE_FIELDS = [*service_level.STATE_FIELDS, "subject", "customer", "assigned_to"]
BREACH = 100


def raise_alerts() -> int:
	"""Writes alerts that are due and the state of every open complaint; returns the number of new alerts."""
	now, clocks, news = now_datetime(), {}, []
	for cases in _open_cases():
		holds, known = holds_of(cases), _known_alerts(cases)
		for case in cases:
			clock = clocks.setdefault(case.working_calendar, None) or SiteClock.of(case.working_calendar)
			clocks[case.working_calendar] = clock
			targets = service_level.targets_of(case, holds[case.name], now, clock)
			_update_state(case, state_of(case.status_category, targets, now))
			news += _new_alerts(case, targets, known, now)
	_announce(news)
	return len(news)


def alert_name(complaint: str, target: str, percent: int) -> str:
	return f"{complaint}-{'A' if target == FIRST_ANSWER else 'R'}{percent}"


def _open_cases():
	last = ""
	while True:
		cases = frappe.get_all(
			"Complaint",
			filters={"status_category": "Open", "name": [">", last]},
			fields=CASE_FIELDS,
			order_by="name asc",
			limit=BATCH,
		)
		if not cases:
			return
		yield cases
		last = cases[-1].name


def holds_of(cases) -> dict[str, list]:
	rows = frappe.get_all(
		"Complaint Hold",
		filters={"parent": ["in", [case.name for case in cases]], "parenttype": "Complaint"},
		fields=["parent", "held_from", "held_until"],
	)
	holds = defaultdict(list)
	for row in rows:
		holds[row.parent].append((row.held_from, row.held_until))
	return holds


def _known_alerts(cases) -> set[str]:
	names = [case.name for case in cases]
	return set(frappe.get_all("Complaint Alert", filters={"complaint": ["in", names]}, pluck="name"))


def _update_state(case, state: str) -> None:
	if state != case.service_level_state:
		frappe.db.set_value("Complaint", case.name, "service_level_state", state, update_modified=False)


def _new_alerts(case, targets, known: set[str], now) -> list:
	alerts = []
	for target in targets:
		for percent in thresholds_passed(target):
			if alert_name(case.name, target.kind, percent) not in known:
				alerts += _write(case, target, percent, now)
	return alerts


def _write(case, target, percent: int, now) -> list:
	alert = frappe.get_doc(
		{
			"doctype": "Complaint Alert",
			"complaint": case.name,
			"target": target.kind,
			"percent": percent,
			"due_on": target.due_on,
			"raised_on": now,
			"person": case.assigned_to,
			"customer": case.customer,
		}
	)
	alert.subject = case.subject
	try:
		return [alert.insert(ignore_permissions=True)]  # the scheduler writes, nobody else may
	except frappe.DuplicateEntryError:
		frappe.clear_last_message()
		return []


def _announce(alerts) -> None:
	"""One notice per person with the highest level of each promise; unassigned cases go to the managers."""
	highest = {}
	for alert in sorted(alerts, key=lambda a: a.percent):
		highest[alert.complaint, alert.target] = alert
	bundles, managers = defaultdict(list), None
	for alert in highest.values():
		if alert.person:
			bundles[alert.person].append(alert)
			continue
		managers = _managers() if managers is None else managers
		for manager in managers:
			bundles[manager].append(alert)
	for person, bundle in bundles.items():
		_notify(person, bundle)


def _managers() -> list[str]:
	holders = frappe.get_all("Has Role", filters={"role": MANAGER, "parenttype": "User"}, pluck="parent")
	return frappe.get_all(
		"User", filters={"name": ["in", holders or [""]], "enabled": 1}, pluck="name", order_by="name asc"
	)


def _notify(person: str, alerts: list) -> None:
	breaches = sum(alert.percent >= BREACH for alert in alerts)
	frappe.get_doc(
		{
			"doctype": "Notification Log",
			"for_user": person,
			"type": "Alert",
			"document_type": "Complaint",
			"document_name": alerts[0].complaint,
			"subject": _("{0} complaints are overdue, {1} soon will be").format(
				breaches, len(alerts) - breaches
			),
			"email_content": "<br>".join(_line(alert) for alert in alerts),
		}
	).insert(ignore_permissions=True)  # written to somebody else's box


def _line(alert) -> str:
	return frappe.utils.escape_html(
		_("{0} {1}: {2} at {3} %, due {4}").format(
			alert.complaint,
			alert.subject or "",
			_(alert.target),
			alert.percent,
			frappe.utils.format_datetime(alert.due_on),
		)
	)
