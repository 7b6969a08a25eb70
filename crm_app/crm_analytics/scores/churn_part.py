"""Who is about to leave, how sure that is, and why."""

from datetime import date

import numpy as np
import pandas as pd

from crm_app.crm_analytics.domain import churn, logistic
from crm_app.crm_analytics.domain.likelihood import NotEnoughHistory
from crm_app.crm_analytics.domain.logistic import Logistic
from crm_app.crm_analytics.domain.pareto_nbd import ParetoNBD
from crm_app.crm_analytics.scores.part import FALLBACK, Fitted, Part, Population, purchase_summary

RULE = "Inactivity rule"
LEARNT = "Logistic regression"
PLACES = 6
FOLDS = 5
BANDS = ((40.0, "Low"), (70.0, "Medium"), (np.inf, "High"))
REASONS = 3


class Churn(Part):
	kind = "Churn"
	fields = (
		"churn_probability", "churn_band", "at_risk", "value_at_risk", "reason_1", "reason_2", "reason_3",
	)  # fmt: skip

	def fit(self, population: Population) -> Fitted:
		settings, now = population.settings, purchase_summary(population.now, population.as_of)
		terms = {
			"days": settings["churn_days"],
			"threshold": settings["retention_threshold"],
			"margin": settings["margin"],
			"shop_interval": None if np.isnan(shop := churn.shop_interval(now)) else shop,
		}
		if settings["churn_method"] == "Inactivity Rule":
			return Fitted(self.kind, RULE, terms, size=len(now), quality=rule_quality(population))
		try:
			return self._learnt(population, now, terms)
		except NotEnoughHistory as reason:
			message, quality = str(reason), rule_quality(population)
			return Fitted(
				self.kind, RULE, terms, status=FALLBACK, message=message, size=len(now), quality=quality
			)

	def _learnt(self, population: Population, now: pd.DataFrame, terms: dict) -> Fitted:
		past = population.sampled(past=True)
		left = (population.later.reindex(past.index) == 0).to_numpy()
		churn.check_history(population.ahead, len(past))
		traits = churn.features(past, population.purchase_model(ParetoNBD, past=True), population.ahead / 7)
		model, forecast = Logistic().fit(traits, left), population.purchase_model(ParetoNBD)
		params = {
			**terms,
			"effects": model.effects_.to_dict(),
			"intercept": model.intercept_,
			"centre": model.centre_.to_dict(),
			"spread": model.spread_.to_dict(),
			"purchases": forecast.params_,
		}
		return Fitted(
			self.kind, LEARNT, params, size=len(past), quality=quality_of(left, out_of_fold(traits, left)),
			message="" if model.converged_ else "The climb did not end on a flat top.",
		)  # fmt: skip

	def score(self, histories: pd.DataFrame, fitted: dict[str, Fitted], as_of: date) -> pd.DataFrame:
		params = fitted[self.kind].params
		summary = purchase_summary(histories, as_of)
		risk, reasons = learnt(params, summary) if "effects" in params else by_rule(params, summary)
		percent = (100 * risk).round(PLACES)
		yearly = histories["year_net"].clip(lower=0) * params.get("margin", 100.0) / 100
		scored = pd.DataFrame(
			{
				"churn_probability": percent,
				"churn_band": band(percent),
				"at_risk": (percent >= params.get("threshold", 60.0)).astype("int64"),
				"value_at_risk": (yearly * percent / 100).round(4),
			},
			index=summary.index,
		)
		for place in range(REASONS):
			scored[f"reason_{place + 1}"] = pd.Series(reasons[place], summary.index, dtype=object)
		return scored


def band(percent: pd.Series) -> np.ndarray:
	bounds, names = zip(*BANDS, strict=True)
	return np.array(names, dtype=object)[np.searchsorted(bounds, percent.to_numpy(), side="right")]


def by_rule(params: dict, summary: pd.DataFrame) -> tuple[pd.Series, list[np.ndarray]]:
	risk = churn.inactivity(summary, _shop(params))
	told = worded("overdue_high", numbers_of(params, summary, None))
	first = np.where(risk.to_numpy() > 0.5, told, None)
	return risk, [first, *[np.full(len(summary), None, dtype=object)] * (REASONS - 1)]


def learnt(params: dict, summary: pd.DataFrame) -> tuple[pd.Series, list[np.ndarray]]:
	model, forecast = Logistic(), ParetoNBD()
	model.effects_, model.intercept_ = pd.Series(params["effects"]), params["intercept"]
	model.centre_, model.spread_ = pd.Series(params["centre"]), pd.Series(params["spread"])
	forecast.params_ = params["purchases"]
	traits = churn.features(summary, forecast, params["days"] / 7)
	parts = model.contributions(traits).round(PLACES)
	risk = model.predict(traits)
	return risk, reasons_of(params, summary, traits, parts, model.centre_)


def reasons_of(params, summary, traits, parts, centre) -> list[np.ndarray]:
	"""The strongest contributions that raise the risk, as codes with the numbers they are worded with."""
	names = list(parts.columns)
	numbers = numbers_of(params, summary, np.exp(traits["expected"].to_numpy()))
	codes = np.empty((len(parts), len(names)), dtype=object)
	for at, name in enumerate(names):
		above = (traits[name] > centre[name]).to_numpy()
		codes[:, at] = np.where(above, worded(f"{name}_high", numbers), worded(f"{name}_low", numbers))
	strength = parts.to_numpy()
	order = np.argsort(-strength, axis=1, kind="stable")[:, :REASONS]
	rows = np.arange(len(parts))
	return [
		np.where(strength[rows, order[:, place]] > 0, codes[rows, order[:, place]], None)
		for place in range(REASONS)
	]


def numbers_of(params: dict, summary: pd.DataFrame, expected: np.ndarray | None) -> dict[str, np.ndarray]:
	"""What the sentences of `wording` are filled with, as text."""
	silence = np.rint(7 * (summary["T"] - summary["recency"]).to_numpy()).astype("int64").astype(str)
	usual = churn.usual_or(summary, _shop(params))
	found = {
		"silence": silence,
		"usual": np.maximum(1, np.rint(7 * usual.to_numpy())).astype("int64").astype(str),
		"days": (summary["frequency"] + 1).to_numpy().astype(str),
		"spend": summary["spend"].round(2).to_numpy().astype(str),
		"ahead": np.full(len(summary), str(params.get("days", 0))),
	}
	if expected is not None:
		found["expected"] = np.char.mod("%.2f", expected)
	return found


def _shop(params: dict) -> float:
	shop = params.get("shop_interval")
	return np.nan if shop is None else shop


FILLED = {
	"overdue_high": ("silence", "usual"),
	"overdue_low": ("silence",),
	"expected_low": ("expected", "ahead"),
	"expected_high": ("expected", "ahead"),
	"frequency_low": ("days",),
	"frequency_high": ("days",),
	"spend_low": ("spend",),
	"spend_high": ("spend",),
}


def worded(code: str, numbers: dict[str, np.ndarray]) -> np.ndarray:
	columns = [numbers[name].tolist() for name in FILLED[code]]
	return np.array(["|".join((code, *row)) for row in zip(*columns, strict=True)], dtype=object)


def out_of_fold(traits: pd.DataFrame, left: np.ndarray) -> np.ndarray:
	"""Each customer's probability from the other folds: what is judged was not learnt from."""
	folds, risk = np.arange(len(left)) % FOLDS, np.full(len(left), np.nan)
	for fold in range(FOLDS):
		held = folds == fold
		try:
			risk[held] = Logistic().fit(traits[~held], left[~held]).predict(traits[held])
		except NotEnoughHistory:
			risk[held] = left[~held].mean()
	return risk


def rule_quality(population: Population) -> dict:
	past = purchase_summary(population.past, population.cut)
	if not len(past) or not population.ahead:
		return {}
	left = (population.later.reindex(past.index) == 0).to_numpy()
	return quality_of(left, churn.inactivity(past).to_numpy())


def quality_of(left: np.ndarray, risk: np.ndarray) -> dict:
	area = logistic.auc(left, risk)
	table = logistic.calibration(left, risk)
	return {
		"auc": None if np.isnan(area) else round(area, 4),
		"calibration_error": round(logistic.calibration_error(left, risk), 4),
		"calibration": table.round(4).to_dict("records"),
		"left": int(left.sum()),
		"judged": len(left),
	}
