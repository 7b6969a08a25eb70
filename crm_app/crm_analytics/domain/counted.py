"""Means and quantiles of values that are known by how often each occurs."""

import numpy as np


def split(keys, values, counts) -> dict[object, tuple[np.ndarray, np.ndarray]]:
	"""Key -> its values, ascending, and how often each occurs; a frame per key would take far longer."""
	keys, values, counts = (np.asarray(column) for column in (keys, values, counts))
	if not len(keys):
		return {}
	order = np.lexsort((values, codes := np.unique(keys.astype(str), return_inverse=True)[1]))
	starts = np.flatnonzero(np.r_[True, np.diff(codes[order]) > 0])
	parts = zip(np.split(values[order], starts[1:]), np.split(counts[order], starts[1:]), strict=True)
	return dict(zip(keys[order][starts].tolist(), parts, strict=True))


def quantile(values, counts, share: float) -> float:
	"""As numpy's quantile (linear interpolation) of each value repeated `count` times; NaN for none."""
	return float(quantiles(values, counts, [share])[0])


def quantiles(values, counts, shares) -> np.ndarray:
	"""One for each share; NaN for none."""
	values, counts = np.asarray(values, dtype="float64"), np.asarray(counts, dtype="int64")
	order = np.argsort(values, kind="stable")
	values, reached = values[order], np.cumsum(counts[order])
	if not len(reached) or not reached[-1]:
		return np.full(len(shares), np.nan)
	places = np.asarray(shares, dtype="float64") * (reached[-1] - 1)
	below = np.floor(places)
	low, high = (values[np.searchsorted(reached, at, side="right")] for at in (below, np.ceil(places)))
	return low + (high - low) * (places - below)


def mean(values, counts) -> float:
	"""NaN for none."""
	counts = np.asarray(counts, dtype="float64")
	return (
		float(np.asarray(values, dtype="float64") @ counts / counts.sum()) if counts.sum() else float("nan")
	)


def histogram(values, counts, bounds) -> list[int]:
	"""How many lie up to each bound (inclusive), and above the last one; one number more than bounds."""
	places = np.searchsorted(np.asarray(bounds), np.asarray(values), side="left")
	weights = np.asarray(counts, dtype="float64")
	return np.bincount(places, weights=weights, minlength=len(bounds) + 1).astype("int64").tolist()
