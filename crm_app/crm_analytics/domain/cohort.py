"""Customers by the month of their first purchase: who comes back, how soon, and what a month brings."""

import numpy as np
import pandas as pd

from crm_app.crm_analytics.domain.history import purchase_days

STEPS = (0.1, 0.25, 0.5, 0.75, 0.9)


def _month_numbers(dates: pd.Series) -> np.ndarray:
	return pd.to_datetime(dates).to_numpy(dtype="datetime64[M]").astype("int64")


def _months(numbers: np.ndarray) -> pd.PeriodIndex:
	return pd.PeriodIndex(np.asarray(numbers, dtype="datetime64[M]"), freq="M")


def monthly_cohorts(sales: pd.DataFrame, customer="customer", date="date") -> pd.DataFrame:
	"""Customers of each first month who bought n months later.

	Parameters
	----------
	sales : DataFrame
		Sales only, any order; rows without a customer or a date are left out.

	Returns
	-------
	DataFrame
		Index cohort (monthly Period, without gaps), columns 0..n (months since), Int64 counts of customers;
		<NA> where the month had not come by the last sale.
	"""
	known = sales[[customer, date]].dropna()
	if not len(known):
		return pd.DataFrame(index=_months(np.zeros(0, "int64")).rename("cohort"), dtype="Int64")
	months = _month_numbers(known[date])
	active = pd.DataFrame({"customer": known[customer].to_numpy(), "month": months}).drop_duplicates()
	first = active.groupby("customer")["month"].transform("min")
	pairs = active.assign(first=first + 1970 * 12, month=active["month"] + 1970 * 12)
	return spread(pairs.groupby(["first", "month"]).size().reset_index(name="customers"), "customers")


def spread(months: pd.DataFrame, value: str) -> pd.DataFrame:
	"""The table of cohorts from sums per pair of months.

	Parameters
	----------
	months : DataFrame
		first, month (int, months since the year 0; month not before first) and the values, one row a pair.
	value : str
		Column that is spread.

	Returns
	-------
	DataFrame
		Index cohort (monthly Period, without gaps), columns 0..n (months since); 0 where nothing was bought,
		missing where the month had not come by the last one.
	"""
	if not len(months):
		return pd.DataFrame(index=_months(np.zeros(0, "int64")).rename("cohort"))
	start = int(months["first"].min())
	size = int(months["month"].max()) - start + 1
	cells = np.zeros((size, size), dtype=months[value].dtype)
	cells[months["first"] - start, months["month"] - months["first"]] = months[value]
	come = np.add.outer(np.arange(size), np.arange(size)) < size
	index = _months(np.arange(size) + start - 1970 * 12).rename("cohort")
	table = pd.DataFrame(cells, index=index).rename_axis(columns="months")
	return (table.astype("Int64") if table.dtypes.iloc[0].kind == "i" else table).where(come)


def retention(cohorts: pd.DataFrame) -> pd.DataFrame:
	"""Shares (0 to 1) of the cohort's size, as floats; NaN for a month to come or a cohort of nobody."""
	counts = cohorts.astype("float64")
	return counts.div(counts[0].where(counts[0] > 0), axis=0) if len(counts) else counts


def repeat_rate(sales: pd.DataFrame, customer="customer", invoice="invoice") -> dict[str, float]:
	"""customers, once (with a single invoice) and rate (share with more, 0 to 1; 0 for an empty shop)."""
	invoices = sales.groupby(customer)[invoice].nunique()
	customers, once = len(invoices), int((invoices == 1).sum())
	return {"customers": customers, "once": once, "rate": 1 - once / customers if customers else 0.0}


def repurchase_intervals(sales: pd.DataFrame, customer="customer", date="date") -> pd.DataFrame:
	"""Days from one purchase day of a customer to the next: customer, day (the later one), interval."""
	table = purchase_days(sales, customer, date)
	gaps = table["day"].diff()
	again = (table["customer"] == table["customer"].shift()).to_numpy(dtype=bool)
	when = pd.to_datetime(table["day"][again], unit="D")
	return pd.DataFrame(
		{"customer": table["customer"][again], "day": when, "interval": gaps[again].astype("int64")}
	).reset_index(drop=True)


def interval_summary(intervals: pd.DataFrame) -> dict[str, float]:
	"""count, mean and quantiles (p10 to p90) in days; only the count when there are none."""
	days = intervals["interval"]
	if not len(days):
		return {"count": 0}
	steps = {f"p{round(step * 100)}": float(days.quantile(step)) for step in STEPS}
	return {"count": len(days), "mean": float(days.mean()), **steps}


def monthly_revenue(sales: pd.DataFrame, date="date", amount="amount") -> pd.Series:
	"""Sum of the amounts per month (monthly Period, without gaps); rows without a date are left out."""
	known = sales[[date, amount]].dropna()
	if not len(known):
		return pd.Series([], index=_months(np.zeros(0, "int64")), dtype="float64", name="revenue")
	months = _month_numbers(known[date])
	start = months.min()
	totals = np.bincount(months - start, weights=known[amount].to_numpy(dtype="float64"))
	return pd.Series(totals, index=_months(np.arange(len(totals)) + start), name="revenue")
