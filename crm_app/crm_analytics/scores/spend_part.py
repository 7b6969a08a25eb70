"""What customers were worth, will be worth by the forecast, and are worth as an annuity."""

from datetime import date

import numpy as np
import pandas as pd

from crm_app.crm_analytics.domain.gamma_gamma import GammaGamma
from crm_app.crm_analytics.domain.lifetime_value import annuity_value, forecast_value
from crm_app.crm_analytics.domain.likelihood import NotEnoughHistory
from crm_app.crm_analytics.scores.part import (
	CONVERGED,
	FALLBACK,
	Fitted,
	Part,
	Population,
	purchase_summary,
	sample,
)
from crm_app.crm_analytics.scores.purchase_part import model_of

MONEY_PLACES = 4
YEAR = 365.25
TERMS = ("horizon_days", "discount_rate", "margin", "annuity_years")
PERIOD = 91.3125  # days; value is paid at the end of each quarter


class Spend(Part):
	kind = "Spend"
	fields = ("expected_spend", "expected_value", "historic_value", "annuity_value", "mean_spend", "mean_day")

	def fit(self, population: Population) -> Fitted:
		settings = population.settings
		summary = sample(purchase_summary(population.now, population.as_of))
		terms = {name: settings[name] for name in TERMS}
		try:
			model = GammaGamma().fit(summary)
		except NotEnoughHistory as reason:
			mean = float(summary["spend"].mean()) if len(summary) else 0.0
			return Fitted(
				self.kind, "Mean spend", {"mean": mean, **terms},
				status=FALLBACK, message=str(reason), size=len(summary),
			)  # fmt: skip
		return Fitted(
			self.kind,
			"Gamma-gamma",
			{"mean": model.mean_, "values": model.params_, "status": model.status_, **terms},
			model.standard_errors_,
			model.log_likelihood_,
			CONVERGED if model.status_ == "converged" else FALLBACK,
			model.message_,
			model.size_,
			{"correlation": frequency_and_spend(summary)},
		)

	def score(self, histories: pd.DataFrame, fitted: dict[str, Fitted], as_of: date) -> pd.DataFrame:
		params = fitted[self.kind].params
		summary = purchase_summary(histories, as_of)
		margin = params.get("margin", 100.0) / 100
		spend = expected_spend(params, summary)
		net = histories["sales"] - histories["returned"]
		rate = params.get("discount_rate", 0.0) / 100
		yearly = histories["year_net"].to_numpy() * margin
		scored = pd.DataFrame(
			{
				"expected_spend": spend,
				"expected_value": discounted(fitted, params, summary, spend),
				"historic_value": net * margin,
				"annuity_value": annuity_value(yearly, 0.0, rate, params.get("annuity_years", 0)),
				"mean_spend": summary["value"],
				"mean_day": summary["spend"],
			},
			index=summary.index,
		)
		return scored.round(MONEY_PLACES)


def expected_spend(params: dict, summary: pd.DataFrame) -> pd.Series:
	if "values" not in params:
		return pd.Series(params.get("mean", 0.0), summary.index)
	model = GammaGamma()
	model.params_, model.status_, model.mean_ = params["values"], params["status"], params["mean"]
	return model.predict(summary)


def discounted(fitted: dict[str, Fitted], params: dict, summary: pd.DataFrame, spend: pd.Series) -> pd.Series:
	"""Value over the horizon, quarter by quarter; 0 where nothing can be forecast."""
	model = model_of(fitted.get("Purchases"))
	if model is None or "horizon_days" not in params:
		return pd.Series(0.0, summary.index)
	periods = max(1, round(params["horizon_days"] / PERIOD))
	length = params["horizon_days"] / periods
	rate = (1 + params["discount_rate"] / 100) ** (length / YEAR) - 1
	return forecast_value(model, summary, spend, periods, length / 7, rate, params["margin"] / 100)


def frequency_and_spend(summary: pd.DataFrame) -> float:
	"""The gamma-gamma model takes the two to be independent: their correlation should be near 0."""
	repeats = summary[(summary["frequency"] > 0) & (summary["value"] > 0)]
	varied = len(repeats) > 1 and np.ptp(repeats["frequency"]) > 0 and np.ptp(repeats["value"]) > 0
	return round(float(repeats["frequency"].corr(repeats["value"])), 4) if varied else 0.0
