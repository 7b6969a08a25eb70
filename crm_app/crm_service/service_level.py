"""Terms and deadlines of a complaint: chosen when it opens, copied onto it, moved by its time on hold."""

import frappe
from frappe.utils import flt, get_datetime, now_datetime

from crm_app.crm_service.calendars import SiteClock
from crm_app.crm_service.domain.service_state import (
	FIRST_ANSWER,
	RESOLUTION,
	Target,
	percent_used,
	state_of,
)
from crm_app.utils.settings import setting

DEFAULT_FIRST_RESPONSE_HOURS = 24.0
DEFAULT_RESOLUTION_HOURS = 72.0

STATE_FIELDS = [
	"name", "status_category", "received_on", "respond_by", "first_responded_on", "resolve_by", "resolved_on",
	"first_response_hours", "resolution_hours", "working_calendar", "service_level_state",
]  # fmt: skip


def copy_terms(doc) -> None:
	"""Takes the terms over from the service level; later changes of that level leave the case alone."""
	if not doc.service_level:
		doc.service_level = level_for(doc.customer)
	level = frappe.get_cached_doc("Service Level", doc.service_level) if doc.service_level else None
	doc.first_response_hours, doc.resolution_hours = promised_hours(level, doc.severity)
	doc.working_calendar = level.working_calendar if level else None


def promised_hours(level, severity: str) -> tuple[float, float]:
	if not level:
		return DEFAULT_FIRST_RESPONSE_HOURS, DEFAULT_RESOLUTION_HOURS
	for row in level.targets:
		if row.severity == severity:
			return flt(row.first_response_hours), flt(row.resolution_hours)
	return flt(level.first_response_hours), flt(level.resolution_hours)


def level_for(customer: str) -> str | None:
	"""The strictest enabled level for a tier that the customer holds, else the default of CRM Settings."""
	tiers = frappe.get_all(
		"Member Card", filters={"customer": customer, "status_category": "Active"}, pluck="tier"
	)
	named = frappe.get_all(
		"Service Level",
		filters={"enabled": 1, "membership_tier": ["in", [tier for tier in tiers if tier] or [""]]},
		fields=["name", "membership_tier"],
		order_by="first_response_hours asc, resolution_hours asc",
	)
	for level in named:
		if level.membership_tier:
			return level.name
	default = setting("default_service_level")
	return default if default and frappe.db.get_value("Service Level", default, "enabled") else None


def set_deadlines(doc) -> None:
	"""A hold that has not ended moves the deadlines when it ends."""
	clock = SiteClock.of(doc.working_calendar)
	holds = [(begin, until) for begin, until in spans(doc.holds) if until]
	doc.respond_by = clock.add_hours(doc.received_on, flt(doc.first_response_hours), holds)
	doc.resolve_by = clock.add_hours(doc.received_on, flt(doc.resolution_hours), holds)


def set_state(doc) -> None:
	doc.service_level_state = current_state(doc, spans(doc.holds))


def current_state(case, holds) -> str:
	now = now_datetime()
	return state_of(case.status_category, targets_of(case, holds, now), now)


def targets_of(case, holds, now, clock=None) -> list[Target]:
	"""Both promises of a complaint, a document or a row with STATE_FIELDS; `holds`: (from, until) pairs."""
	clock = clock or SiteClock.of(case.working_calendar)
	used = clock.elapsed_seconds(case.received_on, now, holds)
	first_answer = case.first_responded_on or (None if is_open(case) else case.resolved_on)
	return [
		Target(
			FIRST_ANSWER,
			_moment(case.respond_by),
			_moment(first_answer),
			percent_used(used, flt(case.first_response_hours)),
		),
		Target(
			RESOLUTION,
			_moment(case.resolve_by),
			_moment(case.resolved_on),
			percent_used(used, flt(case.resolution_hours)),
		),
	]


def is_open(case) -> bool:
	return case.status_category in ("Open", "Paused")


def spans(holds) -> list[tuple]:
	return [(row.held_from, row.held_until) for row in holds]


def _moment(value):
	return get_datetime(value) if value else None
