"""Recency, frequency, money: facts, scores and the named segment."""

from datetime import date

import pandas as pd

from crm_app.crm_analytics.domain import rfm, rfm_cuts
from crm_app.crm_analytics.domain.segments import Segment
from crm_app.crm_analytics.scores.part import Fitted, Part, Population, day_number

FIXED = "Fixed"


class Rfm(Part):
	kind = "RFM Cuts"
	fields = (
		"segment", "rfm_code", "r_score", "f_score", "m_score",
		"recency_days", "frequency", "monetary", "inactive",
	)  # fmt: skip

	def fit(self, population: Population) -> Fitted:
		settings = population.settings
		summary = summary_of(population.now, population.as_of)
		fixed = settings["rfm_method"] == FIXED
		cuts = rfm_cuts.fixed_cuts(*settings["cuts"]) if fixed else rfm_cuts.quantile_cuts(summary)
		scored = rfm_cuts.score(summary, cuts)
		grid = segment_grid(population.segments)
		sizes = scored["code"].value_counts()
		return Fitted(
			self.kind,
			"Fixed cuts" if fixed else "Quintiles",
			{
				"cuts": cuts.as_dict(),
				"grid": grid,
				"currency": settings["currency"],
				"inactive_days": settings["inactive_days"],
			},
			size=len(summary),
			quality={"codes": {str(code): int(size) for code, size in sizes.items()}},
		)

	def score(self, histories: pd.DataFrame, fitted: dict[str, Fitted], as_of: date) -> pd.DataFrame:
		params = fitted[self.kind].params
		summary = summary_of(histories, as_of)
		scored = rfm_cuts.score(summary, rfm_cuts.Cuts.from_dict(params["cuts"]))
		names = [params["grid"][f"{r}{fm}"] for r, fm in zip(scored["r"], scored["fm"], strict=True)]
		return pd.DataFrame(
			{
				"segment": pd.Series(names, scored.index, dtype=object),
				"rfm_code": scored["code"],
				"r_score": scored["r"],
				"f_score": scored["f"],
				"m_score": scored["m"],
				"recency_days": summary["recency"],
				"frequency": summary["frequency"],
				"monetary": summary["monetary"],
				"inactive": (summary["recency"] >= params["inactive_days"]).astype("int64"),
			}
		)


def summary_of(histories: pd.DataFrame, as_of: date) -> pd.DataFrame:
	return pd.DataFrame(
		{
			"recency": (day_number(as_of) - histories["last_day"]).astype("int64"),
			"frequency": histories["invoices"].astype("int64"),
			"monetary": histories["sales"],
		}
	)


def segment_grid(segments: tuple[Segment, ...]) -> dict[str, str]:
	"""Name of the segment for each pair of scores, "11" to "55"."""
	pairs = [(r, fm) for r in range(1, 6) for fm in range(1, 6)]
	names = rfm.name_segments(pd.DataFrame(pairs, columns=["r", "fm"]), segments)
	return {f"{r}{fm}": name for (r, fm), name in zip(pairs, names, strict=True)}
