"""What customers earn the company: revenue times margin, less what was spent on each of them.

References
----------
Kaplan, R. S., Narayanan, V. G. (2001). Measuring and managing customer profitability. Journal of Cost
Management 15(5), 5-15. (costs traced to customers, and the whale curve)
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd


def assemble(revenue: Mapping, costs: Mapping[str, Mapping], margin: float) -> pd.DataFrame:
	"""A row for everybody who bought or cost something.

	Parameters
	----------
	revenue : mapping
		Customer -> sales less returns.
	costs : mapping of mappings
		Kind of cost -> customer -> money spent on them.
	margin : float
		Share of the revenue that is left after the goods are paid (1 = all of it).

	Returns
	-------
	DataFrame
		Index customer: revenue, contribution (revenue x margin), one column per kind of cost, profit; most
		profitable first, equal ones in the order of their ids.
	"""
	columns = {"revenue": revenue, **costs}
	index = pd.Index(sorted(set().union(*columns.values())), dtype=object, name="customer")
	table = pd.DataFrame(index=index)
	for name, amounts in columns.items():
		table[name] = pd.Series(dict(amounts), dtype="float64").reindex(index).fillna(0.0)
	table.insert(1, "contribution", table["revenue"] * margin)
	table["profit"] = table["contribution"] - table[list(costs)].sum(axis=1)
	return table.sort_values("profit", ascending=False, kind="stable")


def whale_curve(profits, points: int = 21) -> pd.DataFrame:
	"""customers (share, most profitable first) and profit (cumulative, in money); both start at 0."""
	ordered = np.sort(np.asarray(profits, dtype="float64"))[::-1]
	places = np.unique(np.linspace(0, len(ordered), points).round().astype(int))
	reached = np.r_[0.0, np.cumsum(ordered)]
	return pd.DataFrame({"customers": places / max(len(ordered), 1), "profit": reached[places]})
