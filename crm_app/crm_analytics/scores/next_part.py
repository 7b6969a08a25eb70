"""The product a customer is most likely to take next, from what is bought together with what they have."""

from datetime import date

import pandas as pd

from crm_app.crm_analytics import associations
from crm_app.crm_analytics.domain.likelihood import NotEnoughHistory
from crm_app.crm_analytics.scores.part import Fitted, Part, Population
from crm_app.utils.rules import _

METHOD = _("Association rules")
COLUMNS = ["left", "right", "count", "confidence", "lift"]


class NextProduct(Part):
	"""Its fit also writes Product Association, in the transaction that stores the models."""

	kind = "Next Product"
	fields = ("next_item", "next_item_score")
	in_history = False  # a look at every sales line for each month end would cost more than it tells

	def fit(self, population: Population) -> Fitted:
		from crm_app.crm_analytics.scores.fitting import latest_version

		lines = associations.read_lines(population.as_of)
		baskets, rules, support = associations.learn(lines)
		associations.store(rules, baskets.size, latest_version() + 1, population.as_of)
		if not len(rules):
			raise NotEnoughHistory(_("No two products are bought together often enough to tell a next one."))
		pairs = associations.pairs_of(rules)
		return Fitted(
			self.kind,
			METHOD,
			{"pairs": pairs.to_numpy(dtype=object).tolist()},
			size=baskets.size,
			quality={"rules": len(rules), "items": len(baskets.items), "support": support},
		)

	def score(self, histories: pd.DataFrame, fitted: dict[str, Fitted], as_of: date) -> pd.DataFrame:
		pairs = pd.DataFrame(fitted[self.kind].params.get("pairs", []), columns=COLUMNS)
		empty = pd.DataFrame({"next_item": None, "next_item_score": 0.0}, index=histories.index, dtype=object)
		if not len(pairs) or not len(histories):
			return empty.astype({"next_item_score": "float64"})
		best = associations.best_of(pairs, histories.index, as_of).reindex(histories.index)
		item = best["right"].astype(object).where(best["right"].notna(), None)
		score = best["confidence"].astype("float64").fillna(0.0)
		return pd.DataFrame({"next_item": item, "next_item_score": (100 * score).round(6)})
