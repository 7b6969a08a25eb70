"""How long customers take to buy again, and who is overdue by their own rhythm."""

import frappe
import numpy as np
import pandas as pd
from frappe import _
from frappe.utils import cint

from crm_app.crm_analytics import intervals, sales_query
from crm_app.crm_analytics.domain import counted
from crm_app.crm_analytics.domain.churn import SILENCES
from crm_app.crm_analytics.report_parts import card, column, form_route, list_route, records, report_route
from crm_app.crm_analytics.scores.snapshot import action_link

KINDS = ("Customer", *intervals.KEYS)
SHARES = (0.25, 0.5, 0.75, 0.9)
BOUNDS = (7, 14, 30, 60, 90, 180, 365)


def execute(filters=None):
	filters = frappe._dict(filters or {})
	kind = filters.by or KINDS[0]
	if kind not in KINDS:
		frappe.throw(_("By: choose one of {0}.").format(", ".join(_(one) for one in KINDS)), title=_("By"))
	if kind != "Customer":
		return by_key(kind, filters)
	people, gaps = of_customers(filters), intervals.counted(filters)
	shown = people[people["overdue"]] if cint(filters.overdue_only) else people
	note = action_link("Repurchase Interval", filters) if len(shown) else None
	return customer_columns(), customer_rows(shown, filters), note, chart(gaps), cards(gaps, people)


def of_customers(filters) -> pd.DataFrame:
	"""Each customer's own interval, silence and whether it is overdue; the longest overdue first."""
	_start, until = sales_query.period(filters)
	people = intervals.of_customers(filters)
	first, last = (pd.to_datetime(people[name]) for name in ("first_on", "last_on"))
	usual = (last - first).dt.days / (people["days"].astype("int64") - 1)
	silent = (pd.Timestamp(until) - last).dt.days
	people = people.assign(usual=usual, silent=silent, times=silent / usual)
	people["expected_on"] = (last + pd.to_timedelta(np.ceil(usual), unit="D")).dt.date
	people["overdue"] = people["times"] > SILENCES
	return people.sort_values(["times", "customer"], ascending=[False, True], ignore_index=True)


def customer_rows(people: pd.DataFrame, filters) -> list[dict]:
	table = people.assign(
		usual=people["usual"].round(1),
		times=people["times"].round(2),
		overdue=np.where(people["overdue"], _("Overdue"), _("In Time")),
	)
	found = records(table)
	narrowing = sales_query.list_filters(filters) | {"transaction_type": "Sale"}
	for row in found:
		row["days_route"] = list_route(sales_query.TRANSACTION, **{**narrowing, "customer": row["customer"]})
		row["customer_name_route"] = form_route(sales_query.CUSTOMER, row["customer"])
	return found


def customer_columns() -> list[dict]:
	return [
		column("customer", _("Customer"), "Link", 120, options="CRM Customer"),
		column("customer_name", _("Customer Name"), width=180),
		column("overdue", _("State"), width=90),
		column("days", _("Purchase Days"), "Int", 110),
		column("usual", _("Usual Interval (Days)"), "Float", 130, precision=1),
		column("last_on", _("Last Sale"), "Date", 110),
		column("silent", _("Days Since Last Sale"), "Int", 130),
		column("expected_on", _("Expected On"), "Date", 110),
		column("times", _("Intervals Silent"), "Float", 120, precision=2),
	]


def by_key(kind: str, filters):
	gaps, known = intervals.by_key(filters, kind)
	parts = counted.split(gaps["key"], gaps["gap"], gaps["number"])
	found = [key_row(row, parts.get(row.key), kind, filters) for row in known.itertuples()]
	found.sort(key=lambda row: -row["intervals"])
	whole = gaps.groupby("gap", as_index=False)["number"].sum()
	return key_columns(kind), found, None, chart(whole), cards(whole, None)


def key_row(row, gaps: tuple | None, kind: str, filters) -> dict:
	name, _title = intervals.KEYS[kind]
	found = {
		"key": row.key,
		"title": row.title or row.key or _("Not Known"),
		"customers": int(row.customers),
		"customers_route": row.key
		and report_route("Sales Lines", **sales_query.kept(filters), **{name: row.key}),
		"intervals": 0,
	}
	if gaps is not None:
		values, numbers = gaps
		found["intervals"] = int(numbers.sum())
		found["mean"] = round(counted.mean(values, numbers), 1)
		within = counted.quantiles(values, numbers, SHARES).tolist()
		found |= {
			f"p{round(100 * share)}": round(days, 1) for share, days in zip(SHARES, within, strict=True)
		}
	return found


def key_columns(kind: str) -> list[dict]:
	first = [column("key", _("Item Code"), width=110)] if kind == "Item" else []
	return [
		*first,
		column("title", _("Name"), width=220),
		column("customers", _("Customers"), "Int", 100),
		column("intervals", _("Repurchases"), "Int", 110),
		column("mean", _("Mean Days"), "Float", 100, precision=1),
		column("p25", _("Quarter Within"), "Float", 110, precision=1),
		column("p50", _("Half Within"), "Float", 110, precision=1),
		column("p75", _("Three Quarters Within"), "Float", 130, precision=1),
		column("p90", _("Nine Tenths Within"), "Float", 130, precision=1),
	]


def chart(gaps: pd.DataFrame) -> dict | None:
	if gaps.empty:
		return None
	lows = (1, *(bound + 1 for bound in BOUNDS))
	labels = [f"{low}–{high}" for low, high in zip(lows, BOUNDS, strict=False)] + [f"> {BOUNDS[-1]}"]
	return {
		"title": _("Repurchases by days since the purchase before"),
		"data": {
			"labels": labels,
			"datasets": [
				{"name": _("Repurchases"), "values": counted.histogram(gaps["gap"], gaps["number"], BOUNDS)}
			],
		},
		"type": "bar",
		"fieldtype": "Int",
		"colors": ["#2490ef"],
	}


def cards(gaps: pd.DataFrame, people: pd.DataFrame | None) -> list[dict]:
	if gaps.empty:
		return []
	values, numbers = gaps["gap"], gaps["number"]
	found = [
		card(_("Repurchases"), int(numbers.sum()), "Int"),
		card(_("Mean Days"), round(counted.mean(values, numbers), 1), "Float"),
		card(_("Half Within (Days)"), counted.quantile(values, numbers, 0.5), "Float"),
		card(_("Nine Tenths Within (Days)"), round(counted.quantile(values, numbers, 0.9), 1), "Float"),
	]
	if people is not None:
		found.append(card(_("Overdue Customers"), int(people["overdue"].sum()), "Int", "Orange"))
	return found
