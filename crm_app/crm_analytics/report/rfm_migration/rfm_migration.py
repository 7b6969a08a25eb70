"""How customers moved between segments from one day to another: a matrix, and the customers behind a cell."""

from datetime import date

import frappe
from frappe import _
from frappe.query_builder.functions import Coalesce, Count, Sum
from frappe.utils import flt, formatdate, getdate

from crm_app.crm_analytics.report_parts import card, column, money_column, report_route, tint
from crm_app.crm_analytics.sales_query import PLACES, kept, of_buyers
from crm_app.crm_analytics.scores import segments
from crm_app.crm_analytics.scores.snapshot import SCORE, limit_of, note, snapshot
from crm_app.crm_analytics.scores.work import history_days

REPORT = "RFM Migration"
HISTORY, CUSTOMER = "Customer Score History", "CRM Customer"
NOBODY = ""  # had no sale yet
FILTERS = ("from_date", "to_date", *PLACES, "account_manager", "customer_segment")
SHOWN = ("Customers", "Proportion", "Expected Value")
# One for each of the shipped segments: Frappe's own ten run out, and what comes after is black.
COLORS = [
	"#2490ef", "#29cd42", "#ecad4b", "#7575ff", "#ff8a3d", "#39e4a5",
	"#a0aec0", "#e86c94", "#8d99a6", "#d9705f", "#5e3b9e", "#4a5568",
]  # fmt: skip


def execute(filters=None):
	filters = frappe._dict(filters or {})
	state = snapshot()
	days = sorted(history_days())
	if not state.as_of or not days:
		told = _("There are no month ends to compare yet; the next refresh of everybody writes them.")
		return [], [], f"{note(state)} {told}"
	start, end = chosen_days(filters, days, state.as_of)
	message = f"{note(state)} " + _("From {0} to {1}.").format(formatdate(start), formatdate(end))
	filters.update(from_date=start, to_date=end)
	if filters.from_segment or filters.to_segment:
		link = note(state, REPORT, filters).removeprefix(note(state))
		return customer_columns(), customers(filters, state), message + link
	cells = matrix(filters, state)
	names = ordered({name for pair in cells for name in pair})
	show = filters.show if filters.show in SHOWN else SHOWN[0]
	table = [matrix_row(name, names, cells, show, filters, state) for name in names]
	return columns(names, show), table, message, chart(names, cells), cards(names, cells)


def chosen_days(filters, days: list[date], today: date) -> tuple[date, date]:
	"""The last month end at or before each day asked for; by default from the last one to the present."""
	known = [*days, today]
	end = _at_or_before(filters.to_date, known, known[-1])
	earlier = [day for day in known if day < end] or known[:1]
	start = _at_or_before(filters.from_date, known, earlier[-1])
	if start > end:
		frappe.throw(_("From Date must not be after To Date."), title=_("From Date"))
	return start, end


def _at_or_before(wanted, known: list[date], otherwise: date) -> date:
	if not wanted:
		return otherwise
	return max((day for day in known if day <= getdate(wanted)), default=known[0])


def pairs(filters, state):
	"""Query over customers with the segment of both days; (query, start, end, customer)."""
	customer = frappe.qb.DocType(CUSTOMER)
	start, end = (_scores_of(filters[name], state, name) for name in ("from_date", "to_date"))
	query = frappe.qb.from_(end).left_join(start).on(start.customer == end.customer)
	return of_buyers(query, end.customer, filters), start, end, customer


def _scores_of(day: date, state, alias: str):
	"""customer, segment, expected_value of one day, from the history or the present scores."""
	table = frappe.qb.DocType(SCORE if day == state.as_of else HISTORY)
	query = frappe.qb.from_(table).select(table.customer, table.segment, table.expected_value)
	return (query if day == state.as_of else query.where(table.as_of == day)).as_(alias)


def matrix(filters, state) -> dict[tuple[str, str], tuple[int, float]]:
	"""(segment before, segment after) -> customers and their expected value after; one query."""
	query, start, end, _customer = pairs(filters, state)
	before = Coalesce(start.segment, NOBODY)
	query = query.select(before.as_("before"), end.segment, Count("*"), Sum(end.expected_value))
	rows = query.groupby(before).groupby(end.segment).run()
	return {(was, now): (int(size), flt(value)) for was, now, size, value in rows}


def ordered(names: set[str]) -> list[str]:
	known = [segment.name for segment in segments.defined()]
	return [name for name in known if name in names] + sorted(name for name in names if name not in known)


def matrix_row(name: str, names: list[str], cells: dict, show: str, filters, state) -> dict:
	whole = sum(cells.get((name, to), (0, 0))[0] for to in names)
	row = {"before": _(name) if name else _("No Sale Yet"), "customers": whole, "currency": state.currency}
	for place, to in enumerate(name for name in names if name):
		size, value = cells.get((name, to), (0, 0.0))
		if not size:
			continue
		share = size / whole
		row[f"to_{place}"] = {"Proportion": round(100 * share, 1), "Expected Value": value}.get(show, size)
		row[f"to_{place}_tint"] = tint(share)
		route = {**kept(filters, *FILTERS), "from_segment": name or None, "to_segment": to}
		row[f"to_{place}_route"] = report_route(REPORT, **route) if name else None
	return row


def columns(names: list[str], show: str) -> list[dict]:
	found = [column("before", _("From"), width=140), column("customers", _("Customers"), "Int", 90)]
	for place, name in enumerate(name for name in names if name):
		field = f"to_{place}"
		if show == "Expected Value":
			found.append(money_column(field, _(name), 120))
		elif show == "Proportion":
			found.append(column(field, _(name), "Percent", 100, precision=1))
		else:
			found.append(column(field, _(name), "Int", 100))
	return found


def chart(names: list[str], cells: dict) -> dict | None:
	"""Where each segment went, as stacked bars."""
	whole = [name for name in names if name]
	if not whole:
		return None
	sets = [{"name": _(to), "values": [cells.get((name, to), (0, 0))[0] for name in names]} for to in whole]
	return {
		"title": _("Where the customers of each segment went"),
		"data": {"labels": [_(name) if name else _("No Sale Yet") for name in names], "datasets": sets},
		"type": "bar",
		"barOptions": {"stacked": 1},
		"fieldtype": "Int",
		"colors": COLORS,
	}


def cards(names: list[str], cells: dict) -> list[dict]:
	sizes = {pair: size for pair, (size, _value) in cells.items()}
	stayed = sum(size for (was, now), size in sizes.items() if was == now)
	new = sum(size for (was, _now), size in sizes.items() if was == NOBODY)
	moved = sum(sizes.values()) - stayed - new
	return [
		card(_("Stayed"), stayed, "Int", "Green"),
		card(_("Moved"), moved, "Int", "Orange"),
		card(_("New"), new, "Int"),
	]


def customers(filters, state) -> list[dict]:
	"""Those behind a cell, most valuable first; one query."""
	query, start, end, customer = pairs(filters, state)
	query = query.join(customer).on(customer.name == end.customer)
	for table, name in ((start, filters.from_segment), (end, filters.to_segment)):
		if name:
			query = query.where(table.segment == name)
	query = query.select(
		end.customer, customer.customer_name, customer.account_manager, start.segment.as_("before"),
		end.segment.as_("after"), end.expected_value,
	)  # fmt: skip
	query = query.orderby(end.expected_value, order=frappe.qb.desc).limit(limit_of(filters))
	rows = query.run(as_dict=True)
	for row in rows:
		row.update(before=_(row["before"] or ""), after=_(row["after"]), currency=state.currency)
	return rows


def customer_columns() -> list[dict]:
	return [
		column("customer", _("Customer"), "Link", 120, options="CRM Customer"),
		column("customer_name", _("Customer Name"), width=180),
		column("before", _("From"), width=150),
		column("after", _("To"), width=150),
		money_column("expected_value", _("Expected Value")),
		column("account_manager", _("Account Manager"), "Link", 160, options="User"),
	]
