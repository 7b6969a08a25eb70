"""Who is about to leave: a probability with its reasons, learnt from the shop's own past.

The past is cut in two: what customers did before the cut explains who bought nothing after it. Nothing after
the last day of observation is used. Where the past is too short, an inactivity rule answers.

References
----------
Neslin, S. A., Gupta, S., Kamakura, W., Lu, J., Mason, C. H. (2006). Defection detection: measuring and
understanding the predictive accuracy of customer churn models. Journal of Marketing Research 43(2), 204-211.
"""

import numpy as np
import pandas as pd

from crm_app.crm_analytics.domain import history
from crm_app.crm_analytics.domain.likelihood import NotEnoughHistory
from crm_app.crm_analytics.domain.logistic import Logistic
from crm_app.crm_analytics.domain.pareto_nbd import ParetoNBD

FEWEST = 100  # customers before the cut
SHORTEST = 14  # days after the cut
SILENCES = 2.0  # usual intervals without a purchase that make leaving as likely as staying
REASONS = {
	("expected", "low"): "Few purchases are to be expected from the pattern so far",
	("expected", "high"): "Purchases were frequent, which is hard to keep up",
	("frequency", "low"): "Has bought on few days",
	("frequency", "high"): "Has bought on many days",
	("spend", "low"): "Spends little per purchase",
	("spend", "high"): "Spends much per purchase",
	("overdue", "low"): "Bought only a short time ago",
	("overdue", "high"): "Silent for longer than usual",
}


def features(summary: pd.DataFrame, purchase_model, horizon: float) -> pd.DataFrame:
	"""What the probability rests on, one row per customer.

	Parameters
	----------
	summary : DataFrame
		frequency, recency, T (weeks), spend (mean money of a purchase day).
	purchase_model : PurchaseModel
		Fitted.
	horizon : float
		Weeks to look ahead.

	Returns
	-------
	DataFrame
		Logarithms of purchases expected, purchase days, spend, and silence in usual intervals.
	"""
	silence, usual = summary["T"] - summary["recency"], usual_interval(summary)
	return pd.DataFrame(
		{
			"expected": np.log(purchase_model.predict(summary, horizon).clip(lower=0) + 1e-6),
			"frequency": np.log1p(summary["frequency"]),
			"spend": np.log1p(summary["spend"].clip(lower=0)),
			"overdue": np.log1p(silence / usual).fillna(0.0),
		}
	)


class ChurnModel:
	"""Probability that a customer buys nothing in the next `horizon` days.

	Parameters
	----------
	horizon : int
		Days to look ahead.
	purchase_model : class
		Model of the purchases expected.

	Attributes
	----------
	status_ : str
		"converged", or "rule" where the past is too short and the inactivity rule answers.
	message_ : str
		Why it is the rule; empty otherwise.
	cut_ : Timestamp
		The last day before the cut.
	effects_ : Series
		Feature -> change of the log-odds of leaving per standard deviation; empty for the rule.
	"""

	def __init__(self, horizon: int = 90, purchase_model=ParetoNBD):
		if horizon <= 0:
			raise ValueError("the horizon must be positive")
		self.horizon, self.purchase_model = horizon, purchase_model

	def fit(self, sales: pd.DataFrame, until):
		"""Learn from sales (customer, date, amount) up to the day `until`, inclusive. Returns self."""
		self.until_ = pd.Timestamp(until).normalize()
		self.summary_ = _summary(sales, self.until_)
		self.effects_ = pd.Series(dtype="float64")
		try:
			self._learn(sales)
			self.status_, self.message_ = "converged", ""
		except NotEnoughHistory as reason:
			self.status_, self.message_ = "rule", f"The inactivity rule answers: {reason}"
		return self

	def _learn(self, sales: pd.DataFrame) -> None:
		oldest = self.summary_["T"].max() * 7 if len(self.summary_) else 0
		ahead = int(min(self.horizon, oldest // 3))  # two thirds of the past explain the last third
		self.cut_ = self.until_ - pd.Timedelta(days=ahead)
		past = _summary(sales, self.cut_)
		check_history(ahead, len(past))
		bought = history.purchases_between(sales, self.cut_, self.until_)
		traits = features(past, self.purchase_model().fit(past), ahead / 7)
		self.logistic_ = Logistic().fit(traits, ~past.index.isin(bought.index))
		self.forecast_ = self.purchase_model().fit(self.summary_)
		self.effects_ = self.logistic_.effects_

	def predict(self) -> pd.Series:
		"""Probability of leaving of every customer known by the last day, 0 to 1."""
		if self.status_ == "rule":
			return inactivity(self.summary_)
		return self.logistic_.predict(self._traits())

	def reasons(self, most: int = 3) -> pd.Series:
		"""Per customer the strongest reasons (keys of REASONS) that raise the risk, strongest first."""
		if self.status_ == "rule":
			rows = [[("overdue", "high")] if risk > 0.5 else [] for risk in self.predict()]
			return pd.Series(rows, self.summary_.index, dtype="object")
		traits = self._traits()
		parts = self.logistic_.contributions(traits)
		order = np.argsort(-parts.to_numpy(), axis=1, kind="stable")[:, :most]
		names, above = list(parts.columns), (traits[parts.columns] > self.logistic_.centre_).to_numpy()
		rows = [
			[(names[at], "high" if above[row, at] else "low") for at in places if parts.iat[row, at] > 0]
			for row, places in enumerate(order)
		]
		return pd.Series(rows, parts.index, dtype="object")

	def _traits(self) -> pd.DataFrame:
		return features(self.summary_, self.forecast_, self.horizon / 7)


def check_history(ahead: int, customers: int) -> None:
	"""Raises NotEnoughHistory where days after the cut or customers before it are too few to learn from."""
	if ahead < SHORTEST or customers < FEWEST:
		raise NotEnoughHistory("There is too little history to learn from.")


def _summary(sales: pd.DataFrame, until) -> pd.DataFrame:
	"""The purchase history with the mean spend of all purchase days, the first one too."""
	table = history.summarise(sales, until)
	days = history.purchase_days(sales, amount="amount")
	last = (pd.Timestamp(until) - pd.Timestamp(0)).days
	return table.assign(spend=days[days["day"] <= last].groupby("customer")["amount"].mean())


def inactivity(summary: pd.DataFrame, shop: float | None = None) -> pd.Series:
	"""0 for somebody who bought today, one half after two usual intervals of silence, towards 1 after that.

	The usual interval is the customer's own mean; the shop's median of them, or the age of the account, for
	those who bought once. `shop` is that median (weeks, NaN for none) where the summary holds a part of them.
	"""
	usual = usual_or(summary, shop_interval(summary) if shop is None else shop) * SILENCES
	silence = summary["T"] - summary["recency"]
	score = silence / (silence + usual).where(silence > 0, 1.0)
	return score.where(silence > 0, 0.0).rename("probability")


def shop_interval(summary: pd.DataFrame) -> float:
	"""The median of the customers' usual intervals, in weeks; NaN when nobody came back."""
	return float(usual_interval(summary).median())


def usual_or(summary: pd.DataFrame, shop: float) -> pd.Series:
	"""The usual interval of each customer, else the shop's, else the age of the account."""
	return usual_interval(summary).fillna(summary["T"] if np.isnan(shop) else shop)


def usual_interval(summary: pd.DataFrame) -> pd.Series:
	"""Mean time between purchase days, NaN for those who bought once."""
	gaps = summary["recency"] / summary["frequency"].where(summary["frequency"] > 0)
	return gaps.where(gaps > 0)
