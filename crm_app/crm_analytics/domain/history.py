"""Purchase histories: repeat purchases, recency and age of every customer, as the value models want them."""

import numpy as np
import pandas as pd

WEEK = 7.0


def purchase_days(
	sales: pd.DataFrame, customer="customer", date="date", amount: str | None = None
) -> pd.DataFrame:
	"""One row per customer and day with a purchase, in that order.

	Parameters
	----------
	sales : DataFrame
		Sales only, any order; rows without a customer or a date are left out.
	amount : str, optional
		Column that is summed per day.

	Returns
	-------
	DataFrame
		customer, day (int64, days since 1970-01-01) and, if asked for, amount (float64).
	"""
	codes, customers, days, money = _per_day(sales, customer, date, amount)
	table = pd.DataFrame({"customer": customers[codes], "day": days})
	return table if money is None else table.assign(amount=money)


def _per_day(sales: pd.DataFrame, customer, date, amount):
	"""Codes of the customers, the customers, day numbers and money (or None), one place a purchase day.

	Neighbours are often of one customer and day, as the lines of an invoice are: each run of them is looked
	up once.
	"""
	owners, (days, dated) = sales[customer], _day_numbers(sales[date])
	heads = _heads(owners, days)
	money = None if amount is None or not len(heads) else sales[amount].to_numpy(dtype="float64")
	if len(heads) < len(days):
		owners, days, dated = owners.iloc[heads], days[heads], dated[heads]
		money = None if money is None else np.add.reduceat(money, heads)
	codes, customers = pd.factorize(owners, sort=True)
	known = (codes >= 0) & dated
	codes, days, money = codes[known], days[known], None if money is None else money[known]
	first, width = (days.min(), int(np.ptp(days)) + 1) if len(days) else (0, 1)
	keys, places = np.unique(codes * width + (days - first), return_inverse=True)
	if amount is not None:
		money = np.bincount(places, weights=money, minlength=len(keys))
	return keys // width, customers, keys % width + first, money


def _heads(owners: pd.Series, days: np.ndarray) -> np.ndarray:
	"""Where a run of one customer and day begins."""
	if not len(days):
		return np.zeros(0, dtype="int64")
	plain = owners.to_numpy()
	try:
		changes = np.asarray(plain[1:] != plain[:-1], dtype=bool) | (days[1:] != days[:-1])
	except TypeError:  # a missing value that cannot be compared
		return np.arange(len(days))
	return np.flatnonzero(np.r_[True, changes])


def _day_numbers(dates: pd.Series) -> tuple[np.ndarray, np.ndarray]:
	stamps = dates.to_numpy()
	if stamps.dtype.kind == "M":  # thirty times as fast as asking pandas for days
		stamps = stamps.astype("datetime64[D]")
	else:
		stamps = pd.to_datetime(dates).to_numpy(dtype="datetime64[D]")
	return stamps.astype("int64"), ~np.isnat(stamps)


def summarise(
	sales: pd.DataFrame,
	until,
	customer="customer",
	date="date",
	amount: str | None = None,
	unit: float = WEEK,
) -> pd.DataFrame:
	"""Frequency, recency and T of every customer who bought up to the day `until`.

	Several purchases on one day are one; the first purchase opens the account and is not counted.

	Parameters
	----------
	sales : DataFrame
		Sales only, any order.
	until : date-like
		Last day of the observation, inclusive; later sales are left out.
	amount : str, optional
		Column with money.
	unit : float
		Days in one unit of time.

	Returns
	-------
	DataFrame
		Index customer, ascending. frequency (repeat days, int), recency (first to last purchase, units),
		T (first purchase to `until`, units) and, with an amount, value (mean of the repeat days, 0 without).
	"""
	last = _day_numbers(pd.Series([until]))[0][0]
	owners, customers, days, money = _per_day(sales, customer, date, amount)
	if len(days) and days.max() > last:
		seen = days <= last
		owners, days, money = owners[seen], days[seen], None if money is None else money[seen]
	starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]]) if len(owners) else np.zeros(0, "int64")
	ends = np.r_[starts[1:], len(owners)].astype("int64")[: len(starts)]
	frame = pd.DataFrame(
		{
			"frequency": ends - starts - 1,
			"recency": (days[ends - 1] - days[starts]) / unit,
			"T": (last - days[starts]) / unit,
		},
		index=pd.Index(customers[owners[starts]], name=customer),
	)
	if money is not None:
		frame["value"] = _mean_of_repeats(money, starts, frame["frequency"].to_numpy())
	return frame


def _mean_of_repeats(money: np.ndarray, starts: np.ndarray, repeats: np.ndarray) -> np.ndarray:
	if not len(starts):
		return np.zeros(0)
	later = np.add.reduceat(money, starts) - money[starts]
	return np.where(repeats > 0, later / np.maximum(repeats, 1), 0.0)


def purchases_between(sales: pd.DataFrame, after, until, customer="customer", date="date") -> pd.Series:
	"""Days with a purchase after the day `after`, up to `until` inclusive, of each customer who bought."""
	low, high = _day_numbers(pd.Series([after, until]))[0]
	table = purchase_days(sales, customer, date)
	held = table[(table["day"] > low) & (table["day"] <= high)]
	return held.groupby("customer").size().rename_axis(customer)
