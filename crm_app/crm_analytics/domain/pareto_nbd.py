"""Pareto/NBD: customers buy at random and leave at any moment.

References
----------
Schmittlein, D. C., Morrison, D. G., Colombo, R. (1987). Counting your customers: who are they and what will
they do next? Management Science 33(1), 1-24.
Fader, P. S., Hardie, B. G. S. (2005). A note on deriving the Pareto/NBD model and related expressions.
"""

import numpy as np

from crm_app.crm_analytics.domain.purchase_model import Histories, PurchaseModel, gamma_counts

NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(24)
NODES, NODE_WEIGHTS = (NODES + 1) / 2, NODE_WEIGHTS / 2


class ParetoNBD(PurchaseModel):
	"""Purchase rate ~ gamma(r, alpha), rate of leaving ~ gamma(s, beta)."""

	names = ("r", "alpha", "s", "beta")
	times = ("alpha", "beta")
	starts = ((0.5, 0.3, 0.5, 0.3), (1.0, 0.5, 0.2, 0.1), (0.2, 0.05, 1.5, 2.0))

	def _likelihood(self, histories: Histories, r, alpha, s, beta):
		height, slope_r = gamma_counts(histories, r)
		total, n, weights = r + histories.x, histories.size, histories.weights
		stay = -total * np.log(alpha + histories.age) - s * np.log(beta + histories.age)
		left = _Left(total, alpha, s, beta, histories.recency, histories.age)
		both = np.logaddexp(stay, left.log)
		gone = np.exp(left.log - both)
		by_alpha = (1 - gone) / (alpha + histories.age) + gone * left.mean(1 / left.since_alpha)
		by_beta = (1 - gone) * s / (beta + histories.age) + gone * (s + 1) * left.mean(1 / left.since_beta)
		log_alpha = (1 - gone) * np.log(alpha + histories.age) + gone * left.mean(np.log(left.since_alpha))
		log_beta = (1 - gone) * np.log(beta + histories.age) + gone * left.mean(np.log(left.since_beta))
		slope = [
			slope_r + n * np.log(alpha) - weights @ log_alpha,
			n * r / alpha - weights @ (total * by_alpha),
			n * np.log(beta) + weights @ (gone / s - log_beta),
			n * s / beta - weights @ by_beta,
		]
		height += n * (r * np.log(alpha) + s * np.log(beta)) + weights @ both
		return height, np.array(slope)

	def _alive(self, x, recency, age):
		r, alpha, s, beta = self.params_.values()
		if s == 0:
			return np.ones(len(x))
		stay = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
		left = _Left(r + x, alpha, s, beta, recency, age)
		return np.exp(stay - np.logaddexp(stay, left.log))

	def _if_alive(self, x, recency, age, horizon):
		r, alpha, s, beta = self.params_.values()
		return (r + x) / (alpha + age) * _lifetime_within(s, beta + age, horizon)

	def expected_purchases(self, times) -> np.ndarray:
		"""Repeat purchases expected of a new customer within each of `times`."""
		r, alpha, s, beta = self.params_.values()
		return r / alpha * _lifetime_within(s, beta, np.asarray(times, dtype="float64"))


class _Left:
	"""s ∫ (alpha+u)^-q (beta+u)^-(s+1) du from the last purchase to T: having left at some time u between.

	Integrated over y = (alpha+u)^-(q+s), where what remains, ((alpha+u)/(beta+u))^(s+1), is smooth. The usual
	2F1 is the same integral; this form has a plain gradient, and means over u come with it.
	"""

	def __init__(self, q, alpha, s, beta, recency, age):
		k = (q + s)[:, None]
		start = (alpha + recency)[:, None]
		least = -np.expm1(-k * np.log((alpha + age)[:, None] / start))  # 1 - y(T)/y(recency)
		self.since_alpha = start * (1 - least * (1 - NODES)) ** (-1 / k)
		self.since_beta = self.since_alpha + (beta - alpha)
		logs = (s + 1) * (np.log(self.since_alpha) - np.log(self.since_beta))
		top = logs.max(axis=1, keepdims=True)
		shares = NODE_WEIGHTS * np.exp(logs - top)
		whole = shares.sum(axis=1)
		self.shares = shares / whole[:, None]
		with np.errstate(divide="ignore"):
			width = np.log(least[:, 0])
		scale = np.log(s) - k[:, 0] * np.log(start[:, 0]) - np.log(k[:, 0])
		self.log = scale + width + top[:, 0] + np.log(whole)

	def mean(self, values) -> np.ndarray:
		"""Mean of `values` (one per node) over the times of leaving."""
		return (self.shares * values).sum(axis=1)


def _lifetime_within(s, beta, t):
	"""Expected time alive within t when the rate of leaving ~ gamma(s, beta)."""
	growth = np.log1p(t / beta)
	if abs(s - 1) < 1e-12:
		return beta * growth
	return beta * -np.expm1(-(s - 1) * growth) / (s - 1)
