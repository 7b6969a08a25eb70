"""ABC class of a customer by revenue: the money of the last customer of a class is its bound."""

from datetime import date

import numpy as np
import pandas as pd

from crm_app.crm_analytics.domain import concentration
from crm_app.crm_analytics.scores.part import Fitted, Part, Population
from crm_app.utils.rules import _

METHOD = _("Cumulative share of revenue")
LAST = concentration.CLASSES[len(concentration.CUTS)]


class Abc(Part):
	kind = "ABC"
	fields = ("abc_class",)

	def fit(self, population: Population) -> Fitted:
		totals = population.now["sales"].sort_index()
		classed = concentration.classify(totals)
		bounds = []
		for name in concentration.CLASSES[: len(concentration.CUTS)]:
			members = classed[classed["class"] == name]
			if len(members):
				bounds.append([name, float(members["total"].iloc[-1]), str(members.index[-1])])
		sizes = classed["class"].value_counts()
		return Fitted(
			self.kind,
			METHOD,
			{"bounds": bounds},
			size=len(totals),
			quality={
				"sizes": {name: int(size) for name, size in sizes.items()},
				"gini": round(concentration.gini(totals), 6),
				"top_20": round(concentration.top_share(totals), 6),
			},
		)

	def score(self, histories: pd.DataFrame, fitted: dict[str, Fitted], as_of: date) -> pd.DataFrame:
		found = np.full(len(histories), LAST, dtype=object)
		sales, names = histories["sales"].to_numpy(), histories.index.to_numpy(dtype=object)
		for name, money, last in reversed(fitted[self.kind].params.get("bounds", [])):
			# of equal customers those before the last one of the class belong to it, as when it was fitted
			found[(sales > money) | ((sales == money) & (names <= last))] = name
		return pd.DataFrame({"abc_class": found}, index=histories.index)
