"""What an earn rule would have given on past sales, beside what was given. Reads only."""

import frappe
from frappe import _
from frappe.utils import add_months, getdate, nowdate

from crm_app.crm_membership import earn_preview
from crm_app.crm_membership.domain.previewing import Preview
from crm_app.utils.money import to_decimal

MONTHS = 3  # back from today, where no period is given


def execute(filters=None):
	filters = frappe._dict(filters or {})
	if not filters.rule:
		return columns(), [], _("Choose a rule."), None, []
	rule = frappe.get_doc("Earn Rule", filters.rule)
	rule.check_permission("read")
	preview, complete = earn_preview.preview(rule, *period(filters))
	rows = [row(month, preview.months[month]) for month in sorted(preview.months)]
	return columns(), rows, note(complete), chart(rows), cards(preview, rule) if rows else []


def period(filters) -> tuple:
	last = getdate(filters.to_date or nowdate())
	first = getdate(filters.from_date or add_months(last, -MONTHS))
	if first > last:
		frappe.throw(_("From Date: lies after To Date"), title=_("Earn Rule Preview"))
	return first, last


def row(name: str, month) -> dict:
	return {
		"month": name,
		"sales": month.sales,
		"hit": month.hit,
		"customers": month.customers,
		"by_rule": float(month.by_rule),
		"with_rule": float(month.with_rule),
		"granted": float(month.granted),
		"difference": float(month.with_rule - month.granted),
	}


def columns() -> list[dict]:
	return [
		_column("month", _("Month"), "Data", 90),
		_column("sales", _("Sales"), "Int", 90),
		_column("hit", _("Sales with the Rule"), "Int", 130),
		_column("customers", _("Customers"), "Int", 100),
		_column("by_rule", _("Points by the Rule"), "Float", 130),
		_column("with_rule", _("Points Altogether"), "Float", 130),
		_column("granted", _("Points Really Given"), "Float", 130),
		_column("difference", _("Difference"), "Float", 110),
	]


def _column(fieldname: str, label: str, fieldtype: str, width: int) -> dict:
	more = {"precision": 2} if fieldtype == "Float" else {}
	return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **more}


def note(complete: bool) -> str:
	text = _("Counted with the other active rules and with today's tiers and segments.")
	if complete:
		return text
	return (
		text
		+ " "
		+ _("Only the first {0} sales were counted; choose a shorter period.").format(earn_preview.MOST)
	)


def chart(rows: list[dict]) -> dict | None:
	if not rows:
		return None
	datasets = [
		{"name": _("Points Really Given"), "values": [row["granted"] for row in rows]},
		{"name": _("Points Altogether"), "values": [row["with_rule"] for row in rows]},
		{"name": _("Points by the Rule"), "values": [row["by_rule"] for row in rows]},
	]
	labels = [row["month"] for row in rows]
	return {
		"data": {"labels": labels, "datasets": datasets},
		"type": "bar",
		"colors": ["#a0aec0", "#2490ef", "#29cd42"],
	}


def cards(preview: Preview, rule) -> list[dict]:
	months = preview.months.values()
	points = sum(month.by_rule for month in months)
	value = to_decimal(frappe.get_cached_value("Membership Programme", rule.programme, "point_value"))
	return [
		_card(_("Sales"), sum(month.sales for month in months), "Int"),
		_card(_("Sales with the Rule"), sum(month.hit for month in months), "Int"),
		_card(_("Customers"), preview.customers, "Int"),
		_card(_("Points by the Rule"), float(points), "Float"),
		_card(_("Worth when Paid with"), float(points * value), "Currency"),
	]


def _card(label: str, value, datatype: str) -> dict:
	return {"label": label, "value": value, "datatype": datatype, "indicator": "Blue"}
