"""RFM cuts as values: found once over all customers, then any customer is scored alone.

`rfm.score` cuts the ranks of frequency, where ties go first come first. Kept as a pair of frequency and
customer, such a cut says of anybody on which side of it they stand, without the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from crm_app.crm_analytics.domain.rfm import quantile_bounds
from crm_app.utils.money import to_decimal
from crm_app.utils.rules import RuleError, Term, _

GROUPS = 5


@dataclass(frozen=True)
class Cuts:
	"""Ascending upper bounds, each inside the lower group.

	`frequency` holds (invoices, last customer of the lower group among those with as many invoices); None
	for the customer puts all of them into the lower group.
	"""

	recency: tuple[float, ...]
	frequency: tuple[tuple[float, str | None], ...]
	monetary: tuple[float, ...]

	def as_dict(self) -> dict:
		return {"recency": list(self.recency), "frequency": [list(pair) for pair in self.frequency],
			"monetary": list(self.monetary)}  # fmt: skip

	@classmethod
	def from_dict(cls, values: Mapping) -> "Cuts":
		pairs = tuple((float(value), customer) for value, customer in values["frequency"])
		return cls(tuple(values["recency"]), pairs, tuple(values["monetary"]))


def quantile_cuts(summary: pd.DataFrame, groups: int = GROUPS) -> Cuts:
	"""Cuts into groups of equal size.

	Parameters
	----------
	summary : DataFrame
		Index customer; columns recency, frequency, monetary. The order of the rows does not matter: ties of
		frequency go by customer.
	"""
	return Cuts(
		recency=tuple(quantile_bounds(summary["recency"], groups).tolist()),
		frequency=_frequency_cuts(summary["frequency"], groups),
		monetary=tuple(quantile_bounds(summary["monetary"], groups).tolist()),
	)


def _frequency_cuts(frequency: pd.Series, groups: int) -> tuple[tuple[float, str | None], ...]:
	if not len(frequency):
		return ((0.0, None),) * (groups - 1)
	customers = np.asarray(frequency.index, dtype="object")
	numbers = frequency.to_numpy(dtype="float64")
	order = np.lexsort([customers.astype(str), numbers])
	last = [order[(len(order) - 1) * part // groups] for part in range(1, groups)]
	return tuple((float(numbers[at]), str(customers[at])) for at in last)


def fixed_cuts(recency: Sequence[float], frequency: Sequence[float], monetary: Sequence[float]) -> Cuts:
	return Cuts(tuple(recency), tuple((float(bound), None) for bound in frequency), tuple(monetary))


def score(summary: pd.DataFrame, cuts: Cuts) -> pd.DataFrame:
	"""Scores 1 (worst) to the number of groups, by the cuts alone.

	Returns
	-------
	DataFrame
		int columns r, f, m, fm (mean of f and m, half up) and str column code; index as in the summary.
	"""
	r = len(cuts.recency) + 1 - np.searchsorted(cuts.recency, summary["recency"].to_numpy(float), side="left")
	m = 1 + np.searchsorted(cuts.monetary, summary["monetary"].to_numpy(float), side="left")
	f = _frequency_scores(summary["frequency"], cuts.frequency)
	scored = pd.DataFrame({"r": r, "f": f, "m": m}, index=summary.index).astype("int64")
	scored["fm"] = (scored["f"] + scored["m"] + 1) // 2
	scored["code"] = [f"{r}{f}{m}" for r, f, m in zip(scored["r"], scored["f"], scored["m"], strict=True)]
	return scored


def _frequency_scores(frequency: pd.Series, cuts) -> np.ndarray:
	numbers = frequency.to_numpy(dtype="float64")
	customers = np.asarray(frequency.index, dtype="object").astype(str)
	scores = np.ones(len(numbers), dtype="int64")
	for bound, customer in cuts:
		scores += numbers > bound
		if customer is not None:
			scores += (numbers == bound) & (customers > customer)
	return scores


def read_bounds(text: str | None, label: str, count: int = GROUPS - 1) -> tuple[float, ...]:
	"""Ascending bounds out of "30, 90, 180, 365". Raises RuleError."""
	parts = [part for part in (text or "").replace("\uff0c", ",").split(",") if part.strip()]
	try:
		bounds = tuple(float(to_decimal(part)) for part in parts)
	except ValueError:
		raise RuleError(_("{0}: “{1}” are not numbers."), Term(label), text) from None
	if len(bounds) != count or any(low >= high for low, high in pairwise(bounds)):
		raise RuleError(_("{0}: enter {1} ascending numbers, separated by commas."), Term(label), count)
	return bounds
