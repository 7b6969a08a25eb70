"""Gamma-gamma model of spend: what a customer's average purchase is worth.

References
----------
Fader, P. S., Hardie, B. G. S., Lee, K. L. (2005). RFM and CLV: using iso-value curves for customer base
analysis. Journal of Marketing Research 42(4), 415-430.
"""

import numpy as np
import pandas as pd
from scipy.special import digamma, gammaln

from crm_app.crm_analytics.domain.likelihood import NotEnoughHistory, maximise

FEWEST = 3  # buyers below which three parameters say nothing


class GammaGamma:
	"""Spend per purchase ~ gamma(p, ν), ν ~ gamma(q, v); independent of how often a customer buys.

	Attributes
	----------
	params_ : dict
		p, q, v (v in money).
	standard_errors_, log_likelihood_, size_, status_, message_
		As in the purchase models; status "fallback" means everybody is given the mean spend.
	mean_ : float
		Expected spend of a customer nothing is known of.
	"""

	names = ("p", "q", "v")
	starts = ((4.0, 4.0, 1.0), (1.0, 2.0, 1.0), (10.0, 3.0, 0.3))

	def fit(self, summary: pd.DataFrame):
		"""Estimate from columns frequency (purchases in the mean) and value (mean spend). Returns self.

		Customers with no repeat purchase, or with a mean that is not above zero, are left out.

		Raises
		------
		NotEnoughHistory
			Fewer than three customers left.
		"""
		x, z = (summary[name].to_numpy(dtype="float64") for name in ("frequency", "value"))
		known = (x > 0) & (z > 0) & np.isfinite(z)
		x, z = x[known], z[known]
		if len(x) < FEWEST:
			raise NotEnoughHistory("Too few customers bought again to learn what they spend.")
		unit = float(np.average(z, weights=x))
		found = maximise(lambda values: _likelihood(x, z / unit, *values), self.starts, len(x))
		self.size_ = len(x)
		self.log_likelihood_ = found.log_likelihood - len(x) * np.log(unit)
		self._keep(found, unit)
		return self

	def _keep(self, found, unit):
		scale = np.array([1.0, 1.0, unit])
		self.params_ = dict(zip(self.names, (found.values * scale).tolist(), strict=True))
		self.standard_errors_ = dict(zip(self.names, (found.standard_errors * scale).tolist(), strict=True))
		p, q, v = self.params_.values()
		sound = found.converged and q > 1 and np.isfinite(found.standard_errors).all()
		self.status_ = "converged" if sound else "fallback"
		self.mean_ = p * v / (q - 1) if sound else unit
		self.message_ = (
			""
			if sound
			else "Everybody is given the mean spend: "
			+ (
				"the estimated mean is infinite."
				if found.converged and q <= 1
				else "the climb found no peak."
			)
		)

	def predict(self, summary: pd.DataFrame) -> pd.Series:
		"""Expected spend per purchase of each customer, in money; the mean without a repeat purchase."""
		x, z = (summary[name].to_numpy(dtype="float64") for name in ("frequency", "value"))
		p, q, v = self.params_.values()
		known = (x > 0) & (z > 0) & np.isfinite(z) & (self.status_ == "converged")
		shrunk = p * (v + x * np.where(known, z, 0.0)) / np.where(known, p * x + q - 1, 1.0)
		return pd.Series(np.where(known, shrunk, self.mean_), summary.index, name="expected_spend")


def _likelihood(x, z, p, q, v) -> tuple[float, np.ndarray]:
	n, px, whole = len(x), p * x, v + x * z
	height = gammaln(px + q) - gammaln(px) + (px - 1) * np.log(z) + px * np.log(x) - (px + q) * np.log(whole)
	logs = np.log(x) + np.log(z) - np.log(whole)
	slope = [
		(x * (digamma(px + q) - digamma(px) + logs)).sum(),
		(digamma(px + q) - np.log(whole)).sum() + n * (np.log(v) - digamma(q)),
		n * q / v - ((px + q) / whole).sum(),
	]
	return float(height.sum() + n * (q * np.log(v) - gammaln(q))), np.array(slope)
