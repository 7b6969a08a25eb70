"""How much of the whole a few hold: ABC classes, Lorenz curve, Gini coefficient.

References
----------
Dickie, H. F. (1951). ABC inventory analysis shoots for dollars, not pennies. Factory Management 109(7),
92-94.
Gini, C. (1914). Sulla misura della concentrazione e della variabilità dei caratteri. Atti del Reale Istituto
Veneto 73, 1203-1248.
"""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

CUTS = (0.8, 0.95)
CLASSES = "ABCDEFGHI"


def classify(totals: pd.Series, cuts: Sequence[float] = CUTS) -> pd.DataFrame:
	"""ABC classes by the cumulative share before each item.

	An item is A when those above it hold less than the first cut, so that the item crossing the line is
	still A; equal totals keep their order. Totals that are not above zero belong to the last class.

	Parameters
	----------
	totals : Series
		Money (or any amount) per item; index item. Missing is 0.
	cuts : sequence of float
		Ascending shares between 0 and 1; one class more than cuts.

	Returns
	-------
	DataFrame
		Index item, largest first: total, share, cumulative (both 0 to 1, of the totals above zero), class.
	"""
	if list(cuts) != sorted(cuts) or len(cuts) >= len(CLASSES) or not all(0 < cut <= 1 for cut in cuts):
		raise ValueError("cuts must ascend between 0 and 1")
	ranked = totals.astype("float64").fillna(0.0).sort_values(ascending=False, kind="stable")
	positive = np.maximum(ranked.to_numpy(), 0.0)
	running, whole = np.cumsum(positive), positive.sum()
	shares = positive / whole if whole > 0 else positive
	before = np.r_[0.0, running[:-1]] / whole if whole > 0 else positive
	places = np.where(positive > 0, np.searchsorted(np.asarray(cuts), before, side="right"), len(cuts))
	return pd.DataFrame(
		{
			"total": ranked,
			"share": shares,
			"cumulative": running / whole if whole > 0 else running,
			"class": np.array(list(CLASSES))[places],
		},
		index=ranked.index,
	)


def profile(classified: pd.DataFrame) -> pd.DataFrame:
	"""Per class that occurs: items, total (sum), share (of the totals above zero)."""
	grouped = classified.groupby("class", sort=True)
	return pd.DataFrame(
		{"items": grouped.size(), "total": grouped["total"].sum(), "share": grouped["share"].sum()}
	)


def _ascending(totals) -> np.ndarray:
	values = np.asarray(totals, dtype="float64")
	return np.sort(np.maximum(np.nan_to_num(values, nan=0.0), 0.0))


def lorenz(totals, points: int | None = None) -> pd.DataFrame:
	"""Share of the items, smallest first, against the share they hold; both from 0 to 1.

	Parameters
	----------
	totals : array-like
		Below zero and missing count as 0.
	points : int, optional
		Thin out to about so many rows, for a chart.
	"""
	values = _ascending(totals)
	whole, n = values.sum(), len(values)
	items = np.arange(n + 1) / max(n, 1)
	held = np.r_[0.0, np.cumsum(values)] / whole if whole > 0 else items
	curve = pd.DataFrame({"items": items, "held": np.minimum(held, 1.0)})
	if points is None or n <= points:
		return curve
	return curve.iloc[np.unique(np.linspace(0, n, points).round().astype(int))].reset_index(drop=True)


def gini(totals) -> float:
	"""0 when all hold the same (or nothing), near 1 when one holds all. Below zero counts as 0."""
	values = _ascending(totals)
	n, whole = len(values), values.sum()
	if not whole > 0:
		return 0.0
	ranks = np.arange(1, n + 1)
	return float(max(0.0, ((2 * ranks - n - 1) @ (values / whole)) / n))


def top_share(totals, part: float = 0.2) -> float:
	"""Share held by the largest `part` of the items; the number of items is rounded up."""
	values = _ascending(totals)[::-1]
	whole = values.sum()
	count = math.ceil(round(part * len(values), 9))
	return float(values[:count].sum() / whole) if whole > 0 else 0.0
