"""What a part of the scores is: fitted once over everybody, then a pure function of one customer's history.

No part may look at other customers while it scores: then it does not matter which customers are scored
together, and scoring those whose sales changed gives what scoring everybody would give.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from crm_app.crm_analytics.domain.segments import Segment

SAMPLE = 20_000  # customers that maximum likelihood learns from; more change no digit that matters
EPOCH = date(1970, 1, 1)
CONVERGED, FALLBACK = "Converged", "Fallback"


@dataclass(frozen=True)
class Fitted:
	"""A part's knowledge of all customers, as plain values that JSON holds.

	`message` is a source string, translated where it is shown; `quality` holds numbers for people and charts.
	"""

	kind: str
	method: str
	params: dict = field(default_factory=dict)
	standard_errors: dict = field(default_factory=dict)
	log_likelihood: float = 0.0
	status: str = CONVERGED
	message: str = ""
	size: int = 0
	quality: dict = field(default_factory=dict)

	def plain(self) -> "Fitted":
		"""As it will be read back: what scores now and what scores tomorrow is the same to the last bit."""
		return Fitted(**json.loads(json.dumps(vars(self), default=_number)))


def _number(value):
	return value.item() if isinstance(value, np.generic) else str(value)


@dataclass(frozen=True)
class Population:
	"""Everybody at the day of the fit, and as they were at the time split.

	Parameters
	----------
	now, past : DataFrame
		Histories (see `scores.histories`) at `as_of` and at `cut`.
	later : Series
		Purchase days after the cut, of the customers of `past`.
	"""

	now: pd.DataFrame
	past: pd.DataFrame
	later: pd.Series
	as_of: date
	cut: date
	settings: Mapping
	segments: Sequence[Segment]
	fitted: dict[str, Fitted] = field(default_factory=dict)
	models: dict = field(default_factory=dict)

	def purchase_model(self, model: type, past: bool = False):
		"""`model` fitted to everybody as they are, or were at the time split; each fit is made once."""
		if (model, past) not in self.models:
			self.models[model, past] = model().fit(self.sampled(past))
		return self.models[model, past]

	def sampled(self, past: bool = False) -> pd.DataFrame:
		"""Purchase summary of the customers that are learnt from."""
		return sample(purchase_summary(*((self.past, self.cut) if past else (self.now, self.as_of))))

	@property
	def ahead(self) -> int:
		"""Days after the time split."""
		return (self.as_of - self.cut).days


class Part:
	"""Subclasses name their `kind` of Analytics Model and the `fields` of Customer Score that they write.

	`in_history` says whether the month ends are scored too.
	"""

	kind: str = ""
	fields: tuple[str, ...] = ()
	in_history: bool = True

	def fit(self, population: Population) -> Fitted:
		raise NotImplementedError

	def score(self, histories: pd.DataFrame, fitted: dict[str, Fitted], as_of: date) -> pd.DataFrame:
		raise NotImplementedError


def day_number(day: date) -> int:
	return (day - EPOCH).days


def sample(histories: pd.DataFrame, most: int = SAMPLE) -> pd.DataFrame:
	"""Every n-th customer, at most `most`: the same ones whenever the same fit is made."""
	return histories.iloc[:: max(1, -(-len(histories) // most))]


def purchase_summary(histories: pd.DataFrame, as_of: date) -> pd.DataFrame:
	"""frequency, recency, T (weeks), value (mean of repeat days) and spend (mean of all purchase days)."""
	first, repeats = histories["first_day"], histories["days"] - 1
	later = histories["sales"] - histories["first_sales"]
	return pd.DataFrame(
		{
			"frequency": repeats.astype("int64"),
			"recency": (histories["last_day"] - first) / 7.0,
			"T": (day_number(as_of) - first) / 7.0,
			"value": np.where(repeats > 0, later / repeats.clip(lower=1), 0.0),
			"spend": histories["sales"] / histories["days"].clip(lower=1),
		},
		index=histories.index,
	)


def score_all(parts: Sequence[Part], histories: pd.DataFrame, fitted: dict[str, Fitted], as_of: date):
	"""The histories with the columns of every part; later parts see those of the earlier ones."""
	for part in parts:
		if part.kind in fitted:
			histories = histories.join(part.score(histories, fitted, as_of)[list(part.fields)])
	return histories
