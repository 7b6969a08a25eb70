"""The analytics engine against the packages known for the same work, on the same data in one run.

Needs the extra `bench`: pip install .[bench]. One thread each, or the linear algebra library's own threads
decide on a busy machine.
"""

import math
import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
	os.environ[name] = "1"

import statistics  # noqa: E402
import sys  # noqa: E402
import warnings  # noqa: E402

import hosts  # noqa: E402
import pandas as pd  # noqa: E402

from crm_app.crm_analytics.domain import baskets, history  # noqa: E402
from crm_app.crm_analytics.domain.bgnbd import BGNBD  # noqa: E402
from crm_app.crm_analytics.domain.purchase_model import Histories  # noqa: E402

CALIBRATION, LAST_DAY, SUPPORT, CONFIDENCE = "1997-09-30", "2011-12-09", 0.01, 0.3


def main() -> None:
	warnings.simplefilter("ignore")
	try:
		import lifetimes  # noqa: F401
		import mlxtend  # noqa: F401
	except ImportError:
		sys.exit('the packages compared with are not there; pip install ".[bench]"')
	rows = [("", "ours ms", "theirs ms", "times as fast", "aim"), fit(), summary(), rules()]
	hosts.table("Engine against reference, one thread each (medians)", rows)


def compared(label: str, ours, theirs, aim: int, times: int = 7) -> tuple:
	"""One row; the two take turns, so that a busy moment hits both."""
	ours(), theirs()
	pairs = [(hosts.seconds(ours), hosts.seconds(theirs)) for _ in range(times)]
	mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
	return label, f"{mine * 1000:.1f}", f"{other * 1000:.1f}", f"{other / mine:.1f}", f">= {aim}"


def fit() -> tuple:
	"""BG/NBD on all customers of CDNOW; both must reach the same likelihood."""
	from lifetimes import BetaGeoFitter

	path = hosts.needs(hosts.DATA / "cdnow" / "CDNOW_master.txt.gz")
	names = ["customer", "date", "discs", "amount"]
	sales = pd.read_csv(path, sep=r"\s+", header=0, names=names, dtype={"date": str})
	table = history.summarise(sales.assign(date=pd.to_datetime(sales["date"])), CALIBRATION)

	def theirs():
		return BetaGeoFitter().fit(table["frequency"], table["recency"], table["T"])

	mine, other = BGNBD().fit(table), BGNBD()
	other.params_ = dict(theirs().params_)
	gap = mine.log_likelihood_ - likelihood_at(other, table)
	assert abs(gap) < 0.01, gap
	return compared(f"BG/NBD fit, {len(table):,} customers", lambda: BGNBD().fit(table), theirs, 5)


def likelihood_at(model, table) -> float:
	"""Log-likelihood of the parameters a model holds, in the units of the table."""
	histories = Histories(table)
	units = [histories.unit if name in model.times else 1.0 for name in model.names]
	values = [model.params_[name] / unit for name, unit in zip(model.names, units, strict=True)]
	purchases = histories.count_weights @ histories.counts
	return float(model._likelihood(histories, *values)[0] - purchases * math.log(histories.unit))


def retail_lines() -> pd.DataFrame:
	path = hosts.needs(str(hosts.REAL_FILE))
	lines = pd.read_csv(path, dtype={"InvoiceNo": str, "StockCode": str, "CustomerID": str})
	sold = (lines["UnitPrice"] > 0) & (lines["Quantity"] > 0) & ~lines["InvoiceNo"].str.startswith("C")
	lines = lines[sold & lines["CustomerID"].notna()]
	return pd.DataFrame(
		{
			"customer": lines["CustomerID"],
			"date": pd.to_datetime(lines["InvoiceDate"]),
			"amount": lines["Quantity"] * lines["UnitPrice"],
			"basket": lines["InvoiceNo"],
			"item": lines["StockCode"],
		}
	)


def summary() -> tuple:
	"""Raw transactions to recency, frequency, T and money."""
	from lifetimes.utils import summary_data_from_transaction_data

	lines = retail_lines()

	def ours():
		return history.summarise(lines, LAST_DAY, amount="amount", unit=1)

	def theirs():
		return summary_data_from_transaction_data(
			lines, "customer", "date", monetary_value_col="amount", observation_period_end=LAST_DAY
		)

	mine, other = ours(), theirs()
	assert (mine["frequency"].to_numpy() == other["frequency"].to_numpy()).all()
	assert (mine["value"] - other["monetary_value"]).abs().max() < 1e-6
	return compared(f"RFM-T summary, {len(lines):,} lines", ours, theirs, 10)


def rules() -> tuple:
	"""From the lines to rules with one item on the right; theirs starts from the finished table."""
	from mlxtend.frequent_patterns import association_rules, fpgrowth

	lines = retail_lines()[["basket", "item"]].drop_duplicates()
	sizes = lines.groupby("item").size()
	frequent = sizes.index[sizes >= SUPPORT * lines["basket"].nunique()]
	kept = lines[lines["item"].isin(frequent)]
	table = pd.crosstab(kept["basket"], kept["item"]).astype(bool)
	table = table.reindex(lines["basket"].unique(), fill_value=False)

	def ours():
		return baskets.rules(baskets.Baskets(lines), SUPPORT, CONFIDENCE)

	def theirs():
		sets = fpgrowth(table, min_support=SUPPORT, use_colnames=True)
		return association_rules(sets, metric="confidence", min_threshold=CONFIDENCE)

	found = theirs()
	assert len(ours()) == (found["consequents"].map(len) == 1).sum()
	label = f"Association rules, {table.shape[0]:,} x {table.shape[1]} baskets"
	return compared(label, ours, theirs, 3, times=3)


if __name__ == "__main__":
	main()
