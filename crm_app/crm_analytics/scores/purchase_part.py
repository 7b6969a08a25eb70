"""How many purchases are to come, and whether the customer still is one: BG/NBD, MBG/NBD or Pareto/NBD."""

from datetime import date

import numpy as np
import pandas as pd

from crm_app.crm_analytics.domain.bgnbd import BGNBD, MBGNBD
from crm_app.crm_analytics.domain.likelihood import NotEnoughHistory
from crm_app.crm_analytics.domain.pareto_nbd import ParetoNBD
from crm_app.crm_analytics.domain.purchase_model import PurchaseModel
from crm_app.crm_analytics.scores.part import (
	CONVERGED,
	FALLBACK,
	Fitted,
	Part,
	Population,
	purchase_summary,
)

MODELS = {"BG/NBD": BGNBD, "MBG/NBD": MBGNBD, "Pareto/NBD": ParetoNBD}
AUTOMATIC = "Automatic"
PLACES = 6


class Purchases(Part):
	kind = "Purchases"
	fields = ("has_forecast", "p_alive", "expected_purchases")

	def fit(self, population: Population) -> Fitted:
		settings = population.settings
		chosen = settings["value_model"]
		names = MODELS if chosen == AUTOMATIC else [chosen]
		models = {name: population.purchase_model(MODELS[name]) for name in names}
		name = likeliest(models)
		model = models[name]
		return Fitted(
			self.kind,
			name,
			{"model": name, "values": model.params_, "horizon_days": settings["horizon_days"]},
			model.standard_errors_,
			model.log_likelihood_,
			CONVERGED if model.status_ == "converged" else FALLBACK,
			model.message_,
			model.size_,
			{"candidates": candidates(models), **holdout(MODELS[name], population)},
		)

	def score(self, histories: pd.DataFrame, fitted: dict[str, Fitted], as_of: date) -> pd.DataFrame:
		model, weeks = model_of(fitted.get(self.kind)), fitted[self.kind].params.get("horizon_days", 0) / 7
		if model is None:
			return pd.DataFrame(0, histories.index, list(self.fields))
		summary = purchase_summary(histories, as_of)
		return pd.DataFrame(
			{
				"has_forecast": np.ones(len(summary), dtype="int64"),
				"p_alive": (100 * model.p_alive(summary)).round(PLACES),
				"expected_purchases": model.predict(summary, weeks).round(PLACES),
			},
			index=summary.index,
		)


def likeliest(models: dict[str, PurchaseModel]) -> str:
	"""Those that converged without a doubt go first, then those that converged at all."""

	def rank(name: str) -> tuple:
		model = models[name]
		sound = model.status_ == "converged"
		return sound and not model.message_, sound, model.log_likelihood_

	return max(models, key=rank)


def candidates(models: dict[str, PurchaseModel]) -> list[dict]:
	return [
		{"method": name, "log_likelihood": model.log_likelihood_, "status": model.status_,
			"message": model.message_, "values": model.params_}
		for name, model in models.items()
	]  # fmt: skip


def model_of(fitted: Fitted | None) -> PurchaseModel | None:
	"""The model with its parameters; None where there was too little history for any."""
	if fitted is None or "values" not in fitted.params:
		return None
	model = MODELS[fitted.params["model"]]()
	model.params_ = fitted.params["values"]
	return model


def holdout(model: type[PurchaseModel], population: Population) -> dict:
	"""What the model, fitted on the past alone, foretold of the days after the time split."""
	past = population.sampled(past=True)
	actual = population.later.reindex(past.index).to_numpy(dtype="float64")
	try:
		forecast = population.purchase_model(model, past=True).predict(past, population.ahead / 7).to_numpy()
	except NotEnoughHistory:
		return {}
	varied = len(past) > 1 and np.ptp(actual) > 0 and np.ptp(forecast) > 0
	return {
		"forecast_total": round(float(forecast.sum()), 1),
		"actual_total": float(actual.sum()),
		"correlation": round(float(np.corrcoef(forecast, actual)[0, 1]), 4) if varied else 0.0,
	}
