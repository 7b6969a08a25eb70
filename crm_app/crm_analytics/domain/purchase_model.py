"""What the purchase models share: checked input, the fit with its fallback, and forecasts."""

import numpy as np
import pandas as pd
from scipy.special import digamma, gammaln

from crm_app.crm_analytics.domain.likelihood import NotEnoughHistory, Optimum, maximise

VISIBLE_GAIN = 0.01  # log-likelihood that leaving customers must explain to be believed
EDGE = 10.0  # logarithm of a parameter that has run away


class Histories:
	"""Equal histories once, with their number; times in units of the mean T."""

	def __init__(self, summary: pd.DataFrame):
		x, recency, age = checked(summary)
		self.size = len(x)
		self.unit = float(age.mean())
		(self.x, self.recency, self.age), self.weights = _once([x, recency / self.unit, age / self.unit])
		self.counts, self.count_weights = np.unique(x, return_counts=True)
		self.all = Rows(self.x, self.recency, self.age, self.weights)
		again = self.x > 0
		self.repeated = Rows(self.x[again], self.recency[again], self.age[again], self.weights[again])
		# what the NBD sees, for which the last purchase does not matter
		(self.nbd_x, self.nbd_age), self.nbd_weights = _once([x, age / self.unit])


class Rows:
	"""Histories whose times are looked up among the different ones: there are few days in a year."""

	def __init__(self, x, recency, age, weights):
		self.x, self.weights = x, weights
		self.recencies, self.recency_at = np.unique(recency, return_inverse=True)
		self.ages, self.age_at = np.unique(age, return_inverse=True)


def _once(columns: list[np.ndarray]) -> tuple[list[np.ndarray], np.ndarray]:
	"""Equal rows once, and how often each occurs; sorting columns is faster than np.unique of rows."""
	order = np.lexsort(columns)
	columns = [column[order] for column in columns]
	changes = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
	starts = np.flatnonzero(np.r_[True, changes])
	return [column[starts] for column in columns], np.diff(np.r_[starts, len(order)])


def checked(summary: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
	"""frequency, recency and T as float arrays.

	Raises
	------
	ValueError
		Values below zero, not finite, a recency above T, or repeat purchases within no time.
	"""
	x, recency, age = (summary[name].to_numpy(dtype="float64") for name in ("frequency", "recency", "T"))
	if not all(np.isfinite(v).all() and (v >= 0).all() for v in (x, recency, age)):
		raise ValueError("frequency, recency and T must be finite and not negative")
	if (recency > age + 1e-9).any():
		raise ValueError("recency must not exceed T")
	if ((x > 0) & (age == 0)).any():
		raise ValueError("a repeat purchase needs a T above zero")
	return x, np.minimum(recency, age), age


def _doubts(found: Optimum) -> str:
	"""What is odd about a climb that converged; empty when nothing is."""
	if (np.abs(np.log(found.values)) > EDGE).any():
		return "Customers hardly differ: some parameters have no finite estimate."
	return "" if np.isfinite(found.standard_errors).all() else "The top is flat: no standard errors."


def nbd(histories: Histories, r: float, alpha: float) -> tuple[float, np.ndarray]:
	"""Log-likelihood and gradient of the NBD, in which nobody ever leaves (Ehrenberg 1959)."""
	height, slope_r = gamma_counts(histories, r)
	total, weights = r + histories.nbd_x, histories.nbd_weights
	logs = np.log(alpha + histories.nbd_age)
	height += histories.size * r * np.log(alpha) - weights @ (total * logs)
	slope_r += histories.size * np.log(alpha) - weights @ logs
	slope_alpha = histories.size * r / alpha - weights @ (total / (alpha + histories.nbd_age))
	return height, np.array([slope_r, slope_alpha])


def gamma_counts(histories: Histories, r: float) -> tuple[float, float]:
	"""Sum of ln Γ(r+x) - ln Γ(r) over the customers, and its derivative by r."""
	height = histories.count_weights @ gammaln(r + histories.counts) - histories.size * gammaln(r)
	slope = histories.count_weights @ digamma(r + histories.counts) - histories.size * digamma(r)
	return float(height), float(slope)


class PurchaseModel:
	"""Base of the models of buying and leaving. Times are in the unit of the summary.

	Attributes
	----------
	params_ : dict
		Parameter -> estimate.
	standard_errors_ : dict
		Parameter -> standard error, NaN where it cannot be had.
	log_likelihood_ : float
	status_ : str
		"converged", or "fallback" where the NBD (nobody leaves) stands in.
	message_ : str
		What a reader should know about the fit; empty when all is well.
	"""

	names: tuple[str, ...] = ()
	starts: tuple[tuple[float, ...], ...] = ()
	times: tuple[str, ...] = ()  # parameters measured in units of time
	stays: tuple[float, float] = (0.0, 1.0)  # last two parameters when nobody leaves

	def fit(self, summary: pd.DataFrame):
		"""Estimate from columns frequency, recency, T. Returns self.

		Raises
		------
		NotEnoughHistory
			Nobody to learn from, or nobody came back.
		ValueError
			Impossible values.
		"""
		histories = self._histories(summary)
		found = maximise(lambda values: self._likelihood(histories, *values), self.starts, histories.size)
		stay = maximise(lambda values: nbd(histories, *values), [(1.0, 1.0), (0.3, 0.1)], histories.size)
		if found.converged and found.log_likelihood > stay.log_likelihood + VISIBLE_GAIN:
			message = _doubts(found)
			return self._keep(histories, found, found.values, found.standard_errors, "converged", message)
		reason = "nobody is seen to leave" if found.converged else "the climb did not end on a flat top"
		if not stay.converged:
			reason += ", and purchases do not vary more than by chance"
		message = f"The NBD stands in: {reason}."
		unknown = np.r_[stay.standard_errors, np.nan, np.nan]
		return self._keep(histories, stay, np.r_[stay.values, self.stays], unknown, "fallback", message)

	def _histories(self, summary: pd.DataFrame) -> Histories:
		if not len(summary) or not (summary["T"] > 0).any():
			raise NotEnoughHistory("There are no purchase histories to learn from.")
		if not (summary["frequency"] > 0).any():
			raise NotEnoughHistory("Nobody bought a second time, so nothing can be forecast.")
		return Histories(summary)

	def _keep(self, histories, found, values, errors, status, message):
		scale = np.array([histories.unit if name in self.times else 1.0 for name in self.names])
		self.params_ = dict(zip(self.names, (values * scale).tolist(), strict=True))
		self.standard_errors_ = dict(zip(self.names, (errors * scale).tolist(), strict=True))
		purchases = histories.count_weights @ histories.counts
		self.log_likelihood_ = float(found.log_likelihood - purchases * np.log(histories.unit))
		self.status_, self.message_, self.size_ = status, message, histories.size
		return self

	def _likelihood(self, histories: Histories, *values) -> tuple[float, np.ndarray]:
		raise NotImplementedError

	def p_alive(self, summary: pd.DataFrame) -> pd.Series:
		"""Probability that each customer still buys, 0 to 1, index as in the summary."""
		return pd.Series(self._alive(*checked(summary)), summary.index, name="p_alive")

	def predict(self, summary: pd.DataFrame, horizon: float) -> pd.Series:
		"""Purchases expected of each customer in the next `horizon` units."""
		if horizon < 0:
			raise ValueError("the horizon must not be negative")
		expected = self._alive(*checked(summary)) * self._if_alive(*checked(summary), horizon)
		return pd.Series(expected, summary.index, name="expected_purchases")
