"""What customers complain about, most frequent cause first (Pareto), within what the reader may see."""

import json
from urllib.parse import quote, urlencode

import frappe
from frappe import _
from frappe.utils import add_months, get_datetime, getdate, nowdate

from crm_app.crm_service.domain.causes import Cause, by_cause
from crm_app.utils.settings import setting

DEFAULT_MONTHS = 12
CHART_CAUSES = 12
FIELDS = [
	"cause", "status_category", "service_level_state", "received_on", "resolved_on",
	"compensation_amount", "currency", "satisfaction",
]  # fmt: skip


def execute(filters=None):
	filters = frappe._dict(filters or {})
	start, end = period(filters)
	conditions = list_filters(filters, start, end)
	rows, left_out = complaints(conditions)
	causes = by_cause(rows)
	return (
		columns(),
		[line(c, filters, start, end) for c in causes],
		note(left_out),
		chart(causes),
		cards(causes),
	)


def period(filters) -> tuple:
	end = getdate(filters.to_date or nowdate())
	start = getdate(filters.from_date or add_months(end, -DEFAULT_MONTHS))
	if start > end:
		frappe.throw(_("From Date must not be after To Date."), title=_("Complaints by Cause"))
	return start, end


def list_filters(filters, start, end) -> dict:
	conditions = {"received_on": ["between", [f"{start} 00:00:00", f"{end} 23:59:59.999999"]]}
	for fieldname in ("store", "severity", "category"):
		if filters.get(fieldname):
			conditions[fieldname] = filters.get(fieldname)
	return conditions


def complaints(conditions: dict) -> tuple[list, int]:
	"""Complaints that the reader may see, and how many of them have a compensation in another currency."""
	rows = frappe.get_list("Complaint", filters=conditions, fields=FIELDS, limit_page_length=0)
	site_currency, left_out = setting("default_currency"), 0
	for row in rows:
		row.received_on = get_datetime(row.received_on)
		row.resolved_on = get_datetime(row.resolved_on) if row.resolved_on else None
		if row.compensation_amount and row.currency and row.currency != site_currency:
			row.compensation_amount = 0
			left_out += 1
	return rows, left_out


def line(cause: Cause, filters, start, end) -> dict:
	"""`…_route` leads to the complaints behind a number."""
	more = {"cause": cause.cause or '["is","not set"]'}
	return {
		"cause": cause.cause,
		"cause_name": title(cause),
		"cause_name_route": cause.cause and f"/app/complaint-cause/{quote(cause.cause, safe='')}",
		"complaints": cause.complaints,
		"complaints_route": route(filters, start, end, more),
		"share": round(cause.share, 1),
		"cumulative": round(cause.cumulative, 1),
		"open": cause.open,
		"open_route": route(filters, start, end, more | {"status_category": '["in",["Open","Paused"]]'}),
		"late": cause.late,
		"late_route": route(
			filters, start, end, more | {"service_level_state": '["in",["Overdue","Missed"]]'}
		),
		"days_to_resolve": cause.days_to_resolve,
		"compensation": cause.paid,
		"satisfaction": cause.satisfaction,
	}


def title(cause: Cause) -> str:
	return _(cause.cause) if cause.cause else _("Not Known Yet")


def route(filters, start, end, more: dict) -> str:
	query = {"received_on": json.dumps(["between", [str(start), str(end)]])}
	query |= {name: filters[name] for name in ("store", "severity", "category") if filters.get(name)}
	return "/app/complaint?" + urlencode(query | more)


def columns() -> list[dict]:
	return [
		column("cause_name", _("Cause"), "Data", 220),
		column("complaints", _("Complaints"), "Int", 110),
		column("share", _("Proportion"), "Percent", 90, precision=1),
		column("cumulative", _("Cumulative Share"), "Percent", 140, precision=1),
		column("open", _("Still Open"), "Int", 100),
		column("late", _("Overdue or Missed"), "Int", 140),
		column("days_to_resolve", _("Median Days to Resolve"), "Float", 170, precision=1),
		column("compensation", _("Compensation"), "Currency", 130),
		column("satisfaction", _("Mean Satisfaction"), "Float", 140, precision=2),
	]


def column(fieldname: str, label: str, fieldtype: str, width: int, **more) -> dict:
	return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **more}


def chart(causes: list[Cause]) -> dict | None:
	"""Bars of the most frequent causes under the line of what they add up to."""
	top = causes[:CHART_CAUSES]
	if not top:
		return None
	reached, running = [], 0
	for cause in top:
		running += cause.complaints
		reached.append(running)
	return {
		"data": {
			"labels": [title(cause) for cause in top],
			"datasets": [
				{
					"name": _("Complaints"),
					"values": [cause.complaints for cause in top],
					"chartType": "bar",
				},
				{"name": _("Cumulative"), "values": reached, "chartType": "line"},
			],
		},
		"type": "axis-mixed",
		"fieldtype": "Int",
		"colors": ["#2490ef", "#ff8a3d"],
	}


def cards(causes: list[Cause]) -> list[dict]:
	if not causes:
		return []
	marks = [mark for cause in causes for mark in cause.marks]
	late = sum(cause.late for cause in causes)
	return [
		card(_("Complaints"), sum(cause.complaints for cause in causes), "Int", "Blue"),
		card(_("Still Open"), sum(cause.open for cause in causes), "Int", "Orange"),
		card(_("Overdue or Missed"), late, "Int", "Red" if late else "Green"),
		card(_("Compensation"), sum(cause.paid for cause in causes), "Currency", "Blue"),
		card(_("Mean Satisfaction"), round(sum(marks) / len(marks), 2) if marks else 0, "Float", "Green"),
	]


def card(label: str, value, datatype: str, indicator: str) -> dict:
	return {"label": label, "value": value, "datatype": datatype, "indicator": indicator}


def note(left_out: int) -> str | None:
	if not left_out:
		return None
	return _("{0} compensations in other currencies are not added up here.").format(left_out)
