"""Data of a dashboard chart, as the reader may see it."""

import datetime

import frappe
from frappe import _
from frappe.desk.aggregate import aggregate, parse_filters
from frappe.utils import cint, flt, get_first_day, get_quarter_start, get_year_start, getdate

SPANS = {
	"Last Year": {"years": -1},
	"Last Quarter": {"months": -3},
	"Last Month": {"months": -1},
	"Last Week": {"weeks": -1},
}


INTERVALS = ("Daily", "Weekly", "Monthly", "Quarterly", "Yearly")


@frappe.whitelist()
def get(
	chart_name=None,
	chart=None,
	no_cache=None,
	filters=None,
	from_date=None,
	to_date=None,
	timespan=None,
	time_interval=None,
	**_kwargs,
) -> dict:
	"""{labels, datasets} of a chart by name or as a dict."""
	doc = (
		frappe.get_doc("Dashboard Chart", chart_name)
		if chart_name
		else frappe._dict(frappe.parse_json(chart))
	)
	_check_roles(doc)
	if doc.chart_type == "Report":
		return _from_report(doc, filters)
	if doc.chart_type == "Custom":
		return _from_source(doc, filters)
	chosen = parse_filters(filters if filters is not None else doc.filters_json, doc.dynamic_filters_json)
	if doc.chart_type == "Group By":
		return _grouped(doc, chosen)
	span = (timespan or doc.timespan or "Last Year", time_interval or doc.time_interval or "Monthly")
	for value, known in zip(span, ((*SPANS, "Select Date Range"), INTERVALS), strict=True):
		if value not in known:
			raise frappe.InvalidValue(_("{0} is not available here").format(value))
	return _over_time(doc, chosen, *span, from_date or doc.from_date, to_date or doc.to_date)


def _check_roles(doc):
	roles = {row.get("role") for row in doc.get("roles") or []}
	if roles and frappe.session.user != "Administrator" and not roles & set(frappe.get_roles()):
		frappe.throw(_("Not permitted"), frappe.PermissionError)


def _grouped(doc, filters) -> dict:
	function = doc.group_by_type or "Count"
	column = doc.aggregate_function_based_on if function != "Count" else None
	rows = aggregate(doc.document_type, function, column, filters, group_by=doc.group_by_based_on)
	limit = cint(doc.number_of_groups)
	if limit and len(rows) > limit:
		rows = [*rows[: limit - 1], (_("Other"), sum(flt(row[1]) for row in rows[limit - 1 :]))]
	field = frappe.get_meta(doc.document_type).get_field(doc.group_by_based_on)
	translate = field and field.fieldtype == "Select"
	labels = [_(row[0]) if translate and row[0] else row[0] or _("Not Specified") for row in rows]
	return {
		"labels": [str(label) for label in labels],
		"datasets": [_dataset(doc, [flt(row[1]) for row in rows])],
	}


def _dataset(doc, values) -> dict:
	return {"name": _(doc.chart_name or doc.name or ""), "values": values}


def _over_time(doc, filters, timespan, interval, from_date, to_date) -> dict:
	end = getdate(to_date) if timespan == "Select Date Range" else getdate()
	start = (
		getdate(from_date)
		if timespan == "Select Date Range"
		else frappe.utils.add_to_date(end, **SPANS[timespan])
	)
	function = doc.chart_type if doc.chart_type in ("Sum", "Average") else "Count"
	column = doc.value_based_on if function != "Count" else None
	based_on = doc.based_on or "creation"
	filters = [*filters, [doc.document_type, based_on, "between", [start, end]]]
	# one row per day: the database groups, months and weeks are folded here (no dialect's date functions)
	rows = aggregate(
		doc.document_type,
		"Sum" if function == "Average" else function,
		column,
		filters,
		group_by=based_on,
		by_day=True,
	)
	counts = (
		aggregate(doc.document_type, "Count", None, filters, group_by=based_on, by_day=True)
		if function == "Average"
		else ()
	)
	totals, sizes = _folded(rows, interval), _folded(counts, interval)
	periods = _periods(start, end, interval)
	values = [totals.get(p, 0) / (sizes.get(p) or 1) if sizes else totals.get(p, 0) for p in periods]
	return {"labels": [_label(period, interval) for period in periods], "datasets": [_dataset(doc, values)]}


def _folded(rows, interval) -> dict:
	out = {}
	for day, value in rows:
		if day:
			period = period_start(getdate(day), interval)
			out[period] = out.get(period, 0) + flt(value)
	return out


def period_start(day: datetime.date, interval: str) -> datetime.date:
	if interval == "Daily":
		return day
	if interval == "Weekly":
		return day - datetime.timedelta(days=day.weekday())
	return {"Monthly": get_first_day, "Quarterly": get_quarter_start, "Yearly": get_year_start}[interval](day)


def _periods(start, end, interval) -> list[datetime.date]:
	step = {"Daily": "days", "Weekly": "weeks", "Monthly": "months", "Yearly": "years"}.get(interval)
	out, current = [], period_start(start, interval)
	while current <= end:
		out.append(current)
		current = frappe.utils.add_to_date(current, **({step: 1} if step else {"months": 3}))
	return out


def _label(period: datetime.date, interval: str) -> str:
	if interval in ("Daily", "Weekly"):
		return period.isoformat()
	if interval == "Monthly":
		return period.strftime("%Y-%m")
	return f"{period.year} Q{(period.month + 2) // 3}" if interval == "Quarterly" else str(period.year)


def _from_report(doc, filters) -> dict:
	from frappe.desk.query_report import run

	chosen = frappe.parse_json(filters or doc.filters_json or "{}")
	answer = run(doc.report_name, chosen if isinstance(chosen, dict) else {})
	if cint(doc.use_report_chart):
		return (answer["chart"] or {}).get("data") or {"labels": [], "datasets": []}
	rows = [row for row in answer["result"] if not row.get("is_total_row")]
	return {
		"labels": [str(row.get(doc.x_field) or "") for row in rows],
		"datasets": [
			{
				"name": frappe.unscrub(axis.get("y_field")),
				"values": [flt(row.get(axis.get("y_field"))) for row in rows],
			}
			for axis in doc.y_axis
		],
	}


def _from_source(doc, filters) -> dict:
	frappe.throw(_("{0} is not available here").format(doc.chart_type))
