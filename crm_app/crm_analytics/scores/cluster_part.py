"""The group of customers who buy alike: silence, purchase days and money per day, on logarithmic scales."""

from datetime import date

import numpy as np
import pandas as pd

from crm_app.crm_analytics.domain import clusters
from crm_app.crm_analytics.scores.part import Fitted, Part, Population, day_number, sample

METHOD = "k-means"
SAMPLE = 20_000  # customers that the centres are learnt from
DIGITS = 9  # of a trait, so that it does not matter with whom a customer is scored


class Clusters(Part):
	kind = "Clusters"
	fields = ("cluster",)

	def fit(self, population: Population) -> Fitted:
		traits = traits_of(sample(population.now.sort_index(), SAMPLE), population.as_of)
		scaler = clusters.Scaler.of(traits)
		points = scaler.scale(traits)
		model, indices = clusters.suggest(points)
		names = unique([", ".join(clusters.in_words(c, list(traits))) for c in model.centres_])
		whole = traits_of(population.now, population.as_of)
		return Fitted(
			self.kind,
			METHOD,
			{
				"centre": scaler.centre,
				"spread": scaler.spread,
				"centres": model.centres_.tolist(),
				"names": names,
			},
			size=len(traits),
			quality={
				"criterion": "Caliński-Harabasz",
				"index": {
					str(k): None if np.isinf(value) else round(value, 1) for k, value in indices.items()
				},
				"suggested": model.k,
				"sizes": np.bincount(model.predict(scaler.scale(whole)), minlength=model.k).tolist(),
			},
		)

	def score(self, histories: pd.DataFrame, fitted: dict[str, Fitted], as_of: date) -> pd.DataFrame:
		params = fitted[self.kind].params
		if not params.get("centres"):
			return pd.DataFrame({"cluster": None}, index=histories.index, dtype=object)
		scaler = clusters.Scaler(params["centre"], params["spread"])
		points = scaler.scale(traits_of(histories, as_of)).round(DIGITS)
		owners = clusters.nearest(points, params["centres"])[0]
		names = np.array(params["names"], dtype=object)[owners]
		return pd.DataFrame({"cluster": names}, index=histories.index)


def traits_of(histories: pd.DataFrame, as_of: date) -> pd.DataFrame:
	"""recency (days), frequency (purchase days) and spend (money a day), as logarithms."""
	silence = (day_number(as_of) - histories["last_day"]).clip(lower=0)
	spend = (histories["sales"] / histories["days"].clip(lower=1)).clip(lower=0)
	return pd.DataFrame(
		{
			"recency": np.log1p(silence.astype("float64")),
			"frequency": np.log(histories["days"].clip(lower=1).astype("float64")),
			"spend": np.log1p(spend),
		},
		index=histories.index,
	)


def unique(names: list[str]) -> list[str]:
	"""Equal words get a number, so that a name stands for one group."""
	return [
		name if names.index(name) == place else f"{name} ({names[: place + 1].count(name)})"
		for place, name in enumerate(names)
	]
