"""Who comes back after how many months, by the month of the first sale: one query, a heat map."""

import frappe
import pandas as pd
from frappe import _

from crm_app.crm_analytics import cohorts, sales_query
from crm_app.crm_analytics.domain import cohort
from crm_app.crm_analytics.report_parts import card, column, money_column, report_route, tint

MOST_COHORTS = 36  # months shown, the latest ones
CURVES = 6  # cohorts in the chart
SHADES = {"Customers": 0.6, "Revenue": 1.0}  # share that is shaded darkest


def execute(filters=None):
	filters = frappe._dict(filters or {})
	revenue, share = filters.measure == "Revenue", filters.show != "Number"
	money = sales_query.Money()
	customers, sums = cohorts.tables(filters, money)
	numbers = sums if revenue else customers
	late = numbers.tail(MOST_COHORTS)
	shares = cohort.retention(numbers)
	table = rows(late, shares, customers, share, revenue, filters, money)
	cut = (
		_("Only the latest {0} months are shown.").format(MOST_COHORTS) if len(numbers) > len(late) else None
	)
	note = "<br>".join(part for part in (money.note, cut) if part) or None
	return (
		columns(len(late.columns) if len(late) else 0, share, revenue),
		table,
		note,
		chart(shares),
		cards(customers, shares),
	)


def rows(numbers, shares, customers, share: bool, revenue: bool, filters, money) -> list[dict]:
	"""A cohort a row; cells still to come are left out."""
	darkest = SHADES["Revenue" if revenue else "Customers"]
	found = []
	for month in reversed(numbers.index):
		row = {"cohort": str(month), "size": int(customers.at[month, 0] or 0), "currency": money.code}
		if not row["size"]:
			continue
		for later, number in numbers.loc[month].items():
			if pd.notna(number):
				row |= cell(month, later, number, shares.at[month, later], share, darkest, filters)
		found.append(row)
	return found


def cell(month, later: int, number, part: float, share: bool, darkest: float, filters) -> dict:
	name = f"m{later}"
	shade = None if pd.isna(part) else part / darkest
	narrowing = sales_query.kept(filters, "store", "channel", "customer_segment", "account_manager")
	return {
		name: round(100 * float(part), 1) if share else float(number),
		f"{name}_tint": tint(shade if later else None),
		f"{name}_route": report_route("Cohort Customers", cohort=month, months_later=later, **narrowing),
	}


def columns(months: int, share: bool, revenue: bool) -> list[dict]:
	found = [column("cohort", _("First Sale"), width=90), column("size", _("Customers"), "Int", 90)]
	for later in range(months):
		label = _("Month {0}").format(later)
		if share:
			found.append(column(f"m{later}", label, "Percent", 85, precision=1))
		elif revenue:
			found.append(money_column(f"m{later}", label, 110))
		else:
			found.append(column(f"m{later}", label, "Int", 85))
	return found


def chart(shares: pd.DataFrame) -> dict | None:
	"""The mean of all cohorts and the curves of the oldest."""
	if shares.empty or len(shares.columns) < 2:
		return None
	known = shares.dropna(subset=[0])
	drawn = known.iloc[: CURVES - 1].dropna(axis="columns").columns  # a line cannot end before the others
	later = [month for month in shares.columns[1:] if month in drawn]
	if not later:
		return None
	curves = {_("Mean"): known[later].mean()} | {
		str(month): known.loc[month, later] for month in known.index[: CURVES - 1]
	}
	return {
		"title": _("Share that comes back, by months since the first sale"),
		"data": {
			"labels": [str(month) for month in later],
			"datasets": [{"name": name, "values": _curve(values)} for name, values in curves.items()],
		},
		"type": "line",
		"fieldtype": "Percent",
	}


def _curve(values: pd.Series) -> list:
	return [None if pd.isna(value) else round(100 * float(value), 1) for value in values]


def cards(customers: pd.DataFrame, shares: pd.DataFrame) -> list[dict]:
	if customers.empty:
		return []
	found = [card(_("Customers"), int(customers[0].sum()), "Int")]
	for later in (1, 3, 6, 12):
		if later in shares.columns and shares[later].notna().any():
			mean = round(100 * float(shares[later].mean()), 1)
			found.append(card(_("Back in Month {0}").format(later), mean, "Percent", "Green"))
	return found
