"""BG/NBD and MBG/NBD: customers buy at random and may leave after each purchase.

References
----------
Fader, P. S., Hardie, B. G. S., Lee, K. L. (2005). "Counting your customers" the easy way: an alternative to
the Pareto/NBD model. Marketing Science 24(2), 275-284.
Batislam, E. P., Denizel, M., Filiztekin, A. (2007). Empirical validation and comparison of models for
customer base analysis. International Journal of Research in Marketing 24(3), 201-209.
"""

import numpy as np
from scipy.special import betaincinv, betaln, digamma, gammaln, hyp2f1

from crm_app.crm_analytics.domain.purchase_model import Histories, PurchaseModel, nbd

LARGEST = 50.0  # above it leaving is nearly the same for all, and the 2F1 overflows
NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(48)
NODES, NODE_WEIGHTS = (NODES + 1) / 2, NODE_WEIGHTS / 2


class BGNBD(PurchaseModel):
	"""Purchase rate ~ gamma(r, alpha), chance of leaving after a repeat purchase ~ beta(a, b)."""

	names = ("r", "alpha", "a", "b")
	times = ("alpha",)
	starts = ((0.5, 0.2, 0.5, 2.0), (1.0, 0.5, 0.1, 1.0), (0.2, 0.05, 2.0, 5.0))
	chances_at_start = 0  # occasions to leave besides the repeat purchases

	def _chances(self, x):
		return x + self.chances_at_start

	def _likelihood(self, histories: Histories, r, alpha, a, b):
		"""The NBD's, in which all stay, and what having left at the last purchase adds."""
		height, (slope_r, slope_alpha) = nbd(histories, r, alpha)
		beta_height, slope_a, slope_b = self._beta_counts(histories, a, b)
		rows = histories.all if self.chances_at_start else histories.repeated
		chances, total, weights = self._chances(rows.x), r + rows.x, rows.weights
		age, recency = alpha + rows.ages, alpha + rows.recencies
		longer = np.log(age)[rows.age_at] - np.log(recency)[rows.recency_at]
		fewer = (1 / age)[rows.age_at] - (1 / recency)[rows.recency_at]
		odds = np.log(a / (b + chances - 1)) + total * longer
		small = np.exp(-np.abs(odds))
		gone = weights * np.where(odds > 0, 1.0, small) / (1 + small)
		height += beta_height + weights @ (np.maximum(odds, 0) + np.log1p(small))
		slope = [
			slope_r + gone @ longer,
			slope_alpha + gone @ (total * fewer),
			slope_a + gone.sum() / a,
			slope_b - gone @ (1 / (b + chances - 1)),
		]
		return height, np.array(slope)

	def _beta_counts(self, histories: Histories, a, b):
		"""Sum of ln B(a, b+m) - ln B(a, b), and its derivatives by a and b."""
		m, weights, n = self._chances(histories.counts), histories.count_weights, histories.size
		height = weights @ (gammaln(b + m) - gammaln(a + b + m)) + n * (gammaln(a + b) - gammaln(b))
		common = n * digamma(a + b) - weights @ digamma(a + b + m)
		return height, common, common + weights @ digamma(b + m) - n * digamma(b)

	def _alive(self, x, recency, age):
		r, alpha, a, b = self.params_.values()
		odds = _log_odds(a, b, self._chances(x)) + (r + x) * np.log((alpha + age) / (alpha + recency))
		return 1 / (1 + np.exp(np.minimum(odds, 700.0)))

	def _if_alive(self, x, recency, age, horizon):
		r, alpha, a, b = self.params_.values()
		return _growth(r + x, alpha + age, a, b + self._chances(x), horizon)

	def expected_purchases(self, times) -> np.ndarray:
		"""Repeat purchases expected of a new customer within each of `times`."""
		r, alpha, a, b = self.params_.values()
		start = self.chances_at_start
		stays = b / (a + b) if start else 1.0
		return stays * _growth(r, alpha, a, b + start, np.asarray(times, dtype="float64"))

	def count_probabilities(self, times, most: int) -> np.ndarray:
		"""P(X(t) = x) for x = 0..most of new customers; shape (times, most + 1)."""
		r, alpha, a, b = self.params_.values()
		t = np.asarray(times, dtype="float64")[:, None]
		x = np.arange(most + 1)
		logs = gammaln(r + x) - gammaln(r) - gammaln(x + 1) + r * np.log(alpha / (alpha + t))
		poisson = np.exp(logs) * (t / (alpha + t)) ** x
		reached = 1 - np.cumsum(poisson, axis=1) + poisson
		m = self._chances(x)
		stays = np.exp(betaln(a, b + m) - betaln(a, b)) if a else np.ones(most + 1)
		leaves = np.where(m > 0, stays * np.exp(_log_odds(a, b, m)), 0.0)
		return stays * poisson + leaves * reached


class MBGNBD(BGNBD):
	"""As BG/NBD, with a chance of leaving right after the first purchase too."""

	chances_at_start = 1


def _log_odds(a, b, chances):
	"""ln a/(b+m-1): having left at the last chance against having stayed; -inf without a chance."""
	with np.errstate(divide="ignore", invalid="ignore"):
		return np.where(chances > 0, np.log(a) - np.log(b + chances - 1), -np.inf)


def _growth(r, alpha, a, b, t):
	"""Purchases within t of a customer alive now: rate ~ gamma(r, alpha), leaving ~ beta(a, b).

	Euler's transformation of the published 2F1, which then stays near 1 for however many purchases; where
	it overflows or loses its digits, the mean over the quantiles of the chance of leaving.
	"""
	r, alpha, b, t = np.broadcast_arrays(r, alpha, b, np.asarray(t, dtype="float64"))
	grown = np.full(b.shape, np.nan)
	if a < LARGEST:
		with np.errstate(all="ignore"):
			grown = _growth_closed(r, alpha, a + 1e-7 if abs(a - 1) < 1e-7 else a, b, t)
	most = r * t / alpha
	bad = ~(grown >= 0) | (grown > most * (1 + 1e-6))
	grown[bad] = _growth_by_quantiles(r[bad], alpha[bad], a, b[bad], t[bad])
	return grown


def _growth_closed(r, alpha, a, b, t):
	z, c = t / (alpha + t), a + b - 1
	c = np.where(np.abs(c) < 1e-9, 1e-9, c)
	return np.array(c / (a - 1) * (1 - (1 - z) ** (a - 1) * hyp2f1(c - r, a - 1, c, z)))


def _growth_by_quantiles(r, alpha, a, b, t):
	if a == 0:
		return r * t / alpha
	values, places = np.unique(b, return_inverse=True)  # b plus whole numbers: few values, costly quantiles
	p = np.maximum(betaincinv(a, values[:, None], NODES), 1e-12)[places]
	growth = r[:, None] * np.log1p(p * (t / alpha)[:, None])
	return (-np.expm1(-growth) / p) @ NODE_WEIGHTS
