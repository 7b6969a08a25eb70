"""Month by month, this year beside the year before: one query."""

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Sum
from frappe.utils import cint, get_last_day, getdate, nowdate

from crm_app.crm_analytics import sales_query
from crm_app.crm_analytics.report_parts import card, column, list_route, money_column
from crm_app.crm_analytics.sales_query import Month, Year

MEASURES = ("Revenue", "Sales", "Customers")


def execute(filters=None):
	filters = frappe._dict(filters or {})
	measure = filters.measure or MEASURES[0]
	if measure not in MEASURES:
		frappe.throw(_("Measure: choose one of {0}.").format(", ".join(map(_, MEASURES))), title=_("Measure"))
	year, money = year_of(filters), sales_query.Money()
	numbers = read(measure, year, filters, money)
	rows = [line(month, year, numbers, measure, filters, money) for month in range(1, 13)] if numbers else []
	return (
		columns(measure, year),
		rows,
		money.note,
		chart(rows, measure, year),
		cards(rows, measure, year, money),
	)


def year_of(filters) -> int:
	"""This year where none is given."""
	text = str(filters.year or "").strip()
	if text and not (text.isdecimal() and 1000 <= int(text) <= 9999):
		frappe.throw(_("Year: {0} is no year.").format(text), title=_("Year"))
	return cint(text) or getdate(nowdate()).year


def read(measure: str, year: int, filters, money) -> dict[tuple[int, int], float]:
	"""(year, month) -> number of both years; empty without any sale."""
	sale = frappe.qb.DocType(sales_query.TRANSACTION)
	months = Year(sale.posting_date), Month(sale.posting_date)
	number = {
		"Revenue": Sum(sale.amount),
		"Sales": Count("*"),
		"Customers": Count(sale.customer).distinct(),
	}[measure]
	query = frappe.qb.from_(sale).select(*months, number).groupby(months[0]).groupby(months[1])
	period = {"from_date": f"{year - 1}-01-01", "to_date": f"{year}-12-31"}
	net = measure == "Revenue" and cint(filters.net_of_returns)
	kinds = sales_query.NET if net else sales_query.SALES
	query = sales_query.narrowed(query, sale, frappe._dict(filters, **period), money, kinds)
	return {(int(a), int(b)): round(float(value or 0), 2) for a, b, value in query.run()}


def line(month: int, year: int, numbers: dict, measure: str, filters, money) -> dict:
	now, before = (numbers.get((one, month), 0.0) for one in (year, year - 1))
	reached = _sum(numbers, year, month), _sum(numbers, year - 1, month)
	return {
		"month": f"{month:02d}",
		"now": now,
		"before": before,
		"difference": round(now - before, 2),
		"change": change(now, before),
		"so_far": None if measure == "Customers" else change(*reached),
		"currency": money.code,
		"now_route": sales_of(year, month, filters),
		"before_route": sales_of(year - 1, month, filters),
	}


def _sum(numbers: dict, year: int, until: int) -> float:
	return sum(numbers.get((year, month), 0.0) for month in range(1, until + 1))


def change(now: float, before: float) -> float | None:
	"""Percent; None where there was nothing to compare with."""
	return round(100 * (now - before) / before, 2) if before > 0 else None


def sales_of(year: int, month: int, filters) -> str:
	first = getdate(f"{year}-{month:02d}-01")
	days = {"from_date": first, "to_date": getdate(get_last_day(first))}
	return list_route(sales_query.TRANSACTION, **sales_query.list_filters(frappe._dict(filters, **days)))


def columns(measure: str, year: int) -> list[dict]:
	def number(fieldname, label):
		if measure == "Revenue":
			return money_column(fieldname, label)
		return column(fieldname, label, "Int", 110)

	return [
		column("month", _("Month"), width=80),
		number("now", str(year)),
		number("before", str(year - 1)),
		number("difference", _("Difference")),
		column("change", _("Change"), "Percent", 100, precision=1),
		column("so_far", _("Change of the Year So Far"), "Percent", 150, precision=1),
	]


def chart(rows: list, measure: str, year: int) -> dict | None:
	if not rows:
		return None
	return {
		"title": _(measure),
		"data": {
			"labels": [row["month"] for row in rows],
			"datasets": [
				{"name": str(year - 1), "values": [row["before"] for row in rows]},
				{"name": str(year), "values": [row["now"] for row in rows]},
			],
		},
		"type": "bar",
		"fieldtype": "Currency" if measure == "Revenue" else "Int",
		"colors": ["#94a3b8", "#2490ef"],
	}


def cards(rows: list, measure: str, year: int, money) -> list[dict]:
	"""Whole years; nothing for customers, who would be counted once a month."""
	if not rows or measure == "Customers":
		return []
	now, before = (round(sum(row[name] for row in rows), 2) for name in ("now", "before"))
	kind = "Currency" if measure == "Revenue" else "Int"
	found = [
		card(str(year), now, kind, currency=money.code),
		card(str(year - 1), before, kind, "Grey", currency=money.code),
	]
	if (percent := change(now, before)) is not None:
		found.append(card(_("Change"), percent, "Percent", "Green" if percent >= 0 else "Red"))
	return found
