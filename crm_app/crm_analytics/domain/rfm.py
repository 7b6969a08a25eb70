"""Recency, frequency, monetary value: summary, scores and named segments on pandas frames.

References
----------
Hughes, A. M. (1994). Strategic Database Marketing. Probus. (quintile scoring)
Bult, J. R., Wansbeek, T. (1995). Optimal selection for direct mail. Marketing Science 14(4), 378-394.
"""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from crm_app.crm_analytics.domain.segments import SEGMENTS, Segment

MEASURES = ["recency", "frequency", "monetary"]
SCORES = ["r", "f", "m"]


def summarise(
	sales: pd.DataFrame, as_of, customer="customer", date="date", amount="amount", invoice="invoice"
) -> pd.DataFrame:
	"""One row per customer from invoices or from their lines.

	Parameters
	----------
	sales : DataFrame
		Sales only (no returns), any order; `date` holds datetimes or dates.
	as_of : date-like
		Sales of this day are 0 days old; later ones are left out.

	Returns
	-------
	DataFrame
		Index customer, ascending. recency (days, int), frequency (invoices, int), monetary (sum of amounts).
	"""
	days = pd.to_datetime(sales[date]).dt.normalize()
	as_of = pd.Timestamp(as_of).normalize()
	grouped = sales.assign(day=days)[days <= as_of].groupby(customer, sort=True)
	return pd.DataFrame(
		{
			"recency": (as_of - grouped["day"].max()).dt.days.astype("int64"),
			"frequency": grouped[invoice].nunique().astype("int64"),
			"monetary": grouped[amount].sum().astype("float64"),
		}
	)


def score(
	summary: pd.DataFrame, groups: int = 5, cuts: dict[str, Sequence[float]] | None = None
) -> pd.DataFrame:
	"""Scores from 1 (worst) to `groups` (best), and the three digits as `code`.

	Recency and money are cut at their quantiles. Frequency has too many ties for that: customers are ranked,
	first come first, and the ranks are cut. Equal values never tear apart in recency and money, so where many
	customers are equal some scores stay empty.

	Parameters
	----------
	summary : DataFrame
		Columns recency, frequency, monetary; the order of the rows decides ties of frequency.
	groups : int
		Number of scores, 1 to 9.
	cuts : dict, optional
		Fixed cuts instead of quantiles: measure -> ascending upper bounds, each inside the lower group
		(``{"recency": [30, 90, 180, 365]}``). Their number sets the number of scores of that measure.

	Returns
	-------
	DataFrame
		The summary with int columns r, f, m, their mean `fm` (f and m, half up) and str column code.
	"""
	if not 1 <= groups <= 9:
		raise ValueError("groups must lie between 1 and 9")
	cuts = cuts or {}
	ranked = summary["frequency"].rank(method="first")
	scored = summary.assign(
		r=_invert(*_bin(summary["recency"], groups, cuts.get("recency"))),
		f=_bin(summary["frequency"] if "frequency" in cuts else ranked, groups, cuts.get("frequency"))[0],
		m=_bin(summary["monetary"], groups, cuts.get("monetary"))[0],
	)
	scored["fm"] = (scored["f"] + scored["m"] + 1) // 2
	scored["code"] = scored["r"].astype(str) + scored["f"].astype(str) + scored["m"].astype(str)
	return scored


def _bin(values: pd.Series, groups: int, cuts: Sequence[float] | None) -> tuple[pd.Series, int]:
	"""1-based group of each value and the number of groups; a value on a bound belongs below it."""
	bounds = quantile_bounds(values, groups) if cuts is None else np.asarray(cuts, dtype="float64")
	if len(bounds) > 1 and (np.diff(bounds) < 0).any():
		raise ValueError("cuts must ascend")
	numbers = values.to_numpy(dtype="float64")
	return pd.Series(np.searchsorted(bounds, numbers, side="left") + 1, values.index), len(bounds) + 1


def quantile_bounds(values: pd.Series, groups: int) -> np.ndarray:
	"""Inner bounds by linear interpolation, as pandas' qcut has them; empty for no values."""
	if not len(values):
		return np.zeros(groups - 1)
	return values.quantile([part / groups for part in range(1, groups)]).to_numpy(dtype="float64")


def _invert(scores: pd.Series, groups: int) -> pd.Series:
	return groups + 1 - scores


def name_segments(scored: pd.DataFrame, segments: Sequence[Segment] = SEGMENTS, groups: int = 5) -> pd.Series:
	"""The first segment whose ranges hold (r, fm), scaled to five; the last one takes what is left."""
	names = {
		(r, fm): _segment_of(_to_five(r, groups), _to_five(fm, groups), segments)
		for r in range(1, groups + 1)
		for fm in range(1, groups + 1)
	}
	pairs = zip(scored["r"].clip(1, groups), scored["fm"].clip(1, groups), strict=True)
	return pd.Series([names[pair] for pair in pairs], scored.index, dtype="object", name="segment")


def _to_five(value: int, groups: int) -> int:
	return math.ceil(value * 5 / groups)


def _segment_of(r: int, fm: int, segments: Sequence[Segment]) -> str:
	for segment in segments:
		if segment.holds(r, fm):
			return segment.name
	return segments[-1].name


def profile(named: pd.DataFrame, segments: Sequence[Segment] = SEGMENTS) -> pd.DataFrame:
	"""Per segment, in the order of `segments`: customers, monetary (sum), share of all money (0 to 1)."""
	grouped = named.groupby("segment")["monetary"]
	table = pd.DataFrame({"customers": grouped.size(), "monetary": grouped.sum()})
	table = table.reindex([s.name for s in segments if s.name in table.index])
	whole = table["monetary"].sum()
	return table.assign(share=table["monetary"] / whole if whole else 0.0)
