"""Customer lifetime value: the annuity formula of the textbooks, and forecasts brought to today.

References
----------
Berger, P. D., Nasr, N. I. (1998). Customer lifetime value: marketing models and applications. Journal of
Interactive Marketing 12(1), 17-30.
"""

import numpy as np
import pandas as pd


def pvifa(rate: float, periods: float) -> float:
	"""Present value of one unit of money at the end of each of `periods` periods at interest `rate` each."""
	if rate <= -1 or periods < 0:
		raise ValueError("rate must exceed -1 and periods must not be negative")
	return float(periods) if rate == 0 else float(-np.expm1(-periods * np.log1p(rate)) / rate)


def annuity_value(revenue, cost, rate: float, periods: float):
	"""(revenue - cost) x PVIFA for one customer (numbers) or for each of a group (Series, arrays).

	Parameters
	----------
	revenue, cost : float or array-like
		Per period, in money.
	"""
	return (revenue - cost) * pvifa(rate, periods)


def group_annuity_value(revenue, cost, rate: float, periods: float) -> float:
	"""The annuity value of all customers of a group together."""
	return float(np.sum(annuity_value(np.asarray(revenue, float), np.asarray(cost, float), rate, periods)))


def forecast_value(
	model, summary: pd.DataFrame, spend, periods: int, length: float, rate: float = 0.0, margin: float = 1.0
) -> pd.Series:
	"""Value of each customer over `periods` periods from a fitted purchase model, discounted to today.

	Parameters
	----------
	model : PurchaseModel
		Fitted.
	summary : DataFrame
		frequency, recency, T.
	spend : Series or float
		Money per purchase.
	periods : int
		Number of periods, each paid at its end.
	length : float
		Units of the summary's time in a period (4.345 weeks in a month).
	rate : float
		Interest per period.
	margin : float
		Share of the spend that is earned.
	"""
	if periods < 0 or rate <= -1:
		raise ValueError("rate must exceed -1 and periods must not be negative")
	value = pd.Series(0.0, summary.index, name="value")
	before = 0.0
	for period in range(1, periods + 1):
		after = model.predict(summary, period * length)
		value += (after - before) / (1 + rate) ** period
		before = after
	return (value * spend * margin).rename("value")
