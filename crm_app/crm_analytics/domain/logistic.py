"""Logistic regression with a ridge, and how well probabilities rank and fit.

References
----------
le Cessie, S., van Houwelingen, J. C. (1992). Ridge estimators in logistic regression. Applied Statistics
41(1), 191-201.
Hanley, J. A., McNeil, B. J. (1982). The meaning and use of the area under a ROC curve. Radiology 143(1),
29-36.
"""

import numpy as np
import pandas as pd
from scipy.special import expit

from crm_app.crm_analytics.domain.likelihood import NotEnoughHistory

STEPS = 60


class Logistic:
	"""Probability of an event from numbers, by penalised maximum likelihood (Newton's method).

	Parameters
	----------
	ridge : float
		Penalty on the squared effects of standardised features; 0 for none.

	Attributes
	----------
	effects_ : Series
		Feature -> change of the log-odds per standard deviation.
	intercept_ : float
		Log-odds of the average case.
	converged_ : bool
	"""

	def __init__(self, ridge: float = 1.0):
		self.ridge = ridge

	def fit(self, features: pd.DataFrame, event):
		"""Estimate from one row per case and a truth value for each. Returns self.

		Raises
		------
		NotEnoughHistory
			The event happened to nobody or to everybody.
		"""
		y = np.asarray(event, dtype="float64")
		if not len(y) or y.min() == y.max():
			raise NotEnoughHistory("The past has no two kinds of customers to tell apart.")
		self.centre_, spread = features.mean(), features.std(ddof=0)
		self.spread_ = spread.where(spread > 1e-12, 1.0)
		design = np.column_stack([np.ones(len(y)), self._standard(features)])
		penalty = np.r_[0.0, np.full(features.shape[1], max(self.ridge, 1e-9))]
		start = np.r_[np.log(y.mean() / (1 - y.mean())), np.zeros(features.shape[1])]
		weights, self.converged_ = _newton(design, y, penalty, start)
		self.intercept_, self.effects_ = float(weights[0]), pd.Series(weights[1:], features.columns)
		return self

	def _standard(self, features: pd.DataFrame) -> np.ndarray:
		frame = features[self.centre_.index]
		return ((frame - self.centre_) / self.spread_).fillna(0.0).to_numpy(dtype="float64")

	def contributions(self, features: pd.DataFrame) -> pd.DataFrame:
		"""What each feature adds to the log-odds of the average case; a missing value adds nothing."""
		parts = self._standard(features) * self.effects_.to_numpy()
		return pd.DataFrame(parts, features.index, self.effects_.index)

	def predict(self, features: pd.DataFrame) -> pd.Series:
		"""Probability of the event, 0 to 1."""
		odds = self.intercept_ + self.contributions(features).sum(axis=1)
		return pd.Series(expit(odds), features.index, name="probability")


def _newton(design, y, penalty, weights) -> tuple[np.ndarray, bool]:
	"""Newton's steps, halved while they lead down."""

	def height(at):
		odds = design @ at
		return y @ odds - np.logaddexp(0, odds).sum() - penalty @ at**2 / 2

	best = height(weights)
	for _step in range(STEPS):
		chance = expit(design @ weights)
		slope = design.T @ (y - chance) - penalty * weights
		curve = design.T @ (design * (chance * (1 - chance))[:, None]) + np.diag(penalty)
		move = np.linalg.lstsq(curve, slope, rcond=None)[0]
		while height(weights + move) < best - 1e-9 and np.abs(move).max() > 1e-12:
			move = move / 2
		weights, best = weights + move, height(weights + move)
		if np.abs(move).max() < 1e-8:
			return weights, True
	return weights, False


def auc(event, scores) -> float:
	"""Chance that a case with the event scores above one without, ties half; NaN when all are of one kind."""
	hit = np.asarray(event, dtype=bool)
	ranks = pd.Series(np.asarray(scores, dtype="float64")).rank().to_numpy()
	hits, misses = int(hit.sum()), int((~hit).sum())
	if not hits or not misses:
		return float("nan")
	return float((ranks[hit].sum() - hits * (hits + 1) / 2) / (hits * misses))


def calibration(event, probabilities, groups: int = 10) -> pd.DataFrame:
	"""Groups of equal size by probability: cases, expected and actual share of the event."""
	frame = pd.DataFrame({"expected": np.asarray(probabilities, float), "actual": np.asarray(event, float)})
	if not len(frame):
		return pd.DataFrame(columns=["cases", "expected", "actual"])
	ranks = frame["expected"].rank(method="first").to_numpy() - 1
	grouped = frame.groupby((ranks * groups // len(frame)).astype(int))
	return pd.concat([grouped.size().rename("cases"), grouped.mean()], axis=1)


def calibration_error(event, probabilities, groups: int = 10) -> float:
	"""Mean distance between expected and actual share over the cases (expected calibration error), 0 to 1."""
	table = calibration(event, probabilities, groups)
	if not len(table):
		return 0.0
	return float(np.average((table["expected"] - table["actual"]).abs(), weights=table["cases"]))
