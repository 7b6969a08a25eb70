"""Maximum likelihood for positive parameters: several starts, analytic gradient, standard errors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

LOG_BOUND = 16.0  # parameters stay within e^-16 .. e^16
INSIDE = 6.0  # logarithms of parameters on a peak that needs no second opinion
STEEPEST = 1e-4  # largest slope of the mean log-likelihood that counts as flat

Likelihood = Callable[[np.ndarray], tuple[float, np.ndarray]]


class NotEnoughHistory(ValueError):
	"""The data cannot say anything about the model; the message is fit for people."""


@dataclass(frozen=True)
class Optimum:
	"""Where the climb ended: parameters, log-likelihood, and whether the top is flat."""

	values: np.ndarray
	log_likelihood: float
	standard_errors: np.ndarray
	converged: bool


def maximise(likelihood: Likelihood, starts: Sequence[Sequence[float]], size: float) -> Optimum:
	"""Best of several climbs over the logarithms of the parameters.

	A climb that ends on a peak well inside the bounds settles it; the other starts are for those that do not.

	Parameters
	----------
	likelihood : callable
		Parameters -> log-likelihood and its gradient.
	starts : sequence of parameter vectors
		Positive values.
	size : float
		Number of observations, used to scale.
	"""
	downhill = _in_logs(likelihood, size)
	climbs = []
	for start in starts:
		climbs.append(_climb(downhill, np.log(start)))
		if _flat(climbs[-1]) and np.abs(climbs[-1].x).max() < INSIDE:
			break
	best = min(climbs, key=lambda climb: climb.fun)
	values = np.exp(best.x)
	return Optimum(
		values=values,
		log_likelihood=-best.fun * size,
		standard_errors=_standard_errors(downhill, best.x, size) * values,
		converged=_flat(best),
	)


def _flat(climb) -> bool:
	return bool(np.isfinite(climb.fun) and np.abs(climb.jac).max() < STEEPEST)


def _in_logs(likelihood: Likelihood, size: float):
	def downhill(logs):
		values = np.exp(logs)
		with np.errstate(all="ignore"):
			height, slope = likelihood(values)
		if not np.isfinite(height) or not np.isfinite(slope).all():
			return 1e10, np.zeros_like(logs)
		return -height / size, -slope * values / size

	return downhill


def _climb(downhill, start: np.ndarray):
	bounds = [(-LOG_BOUND, LOG_BOUND)] * len(start)
	options = {"maxiter": 500, "maxfun": 800, "ftol": 1e-14, "gtol": 1e-8}
	return minimize(downhill, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)


def _standard_errors(downhill, logs: np.ndarray, size: float, step: float = 1e-4) -> np.ndarray:
	"""Of the logarithms, from central differences of the gradient; NaN where the top is not a peak."""
	rows = [(downhill(logs + move)[1] - downhill(logs - move)[1]) for move in np.eye(len(logs)) * step]
	curvature = np.array(rows) * size / (2 * step)
	try:
		np.linalg.cholesky((curvature + curvature.T) / 2)
		variances = np.diag(np.linalg.inv((curvature + curvature.T) / 2))
	except np.linalg.LinAlgError:
		return np.full(len(logs), np.nan)
	return np.sqrt(np.where(variances > 0, variances, np.nan))
