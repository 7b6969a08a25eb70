"""The RFM Segmentation report against the same computation in pandas on the CSV in memory."""

import hosts
import pandas as pd

AS_OF = "2011-12-10"


def main() -> None:
	options = hosts.arguments(__doc__)
	path = hosts.needs(options.file)
	lines = pd.read_csv(path, dtype={"InvoiceNo": str, "StockCode": str, "CustomerID": str})
	lines["InvoiceDate"] = pd.to_datetime(lines["InvoiceDate"])
	with hosts.site("rfm.local", options) as frappe:
		hosts.import_once(frappe, path)
		from crm_app.crm_analytics.report.rfm_segmentation import rfm_segmentation as report

		filters = {"as_of": AS_OF}
		whole = hosts.median(lambda: report.execute(filters))
		query = hosts.median(lambda: report.summary(frappe._dict(), pd.Timestamp(AS_OF).date()))
		memory = hosts.median(lambda: in_pandas(lines))
		same = len(report.execute(filters)[1]) == len(in_pandas(lines))
	hosts.table(
		f"RFM of {len(lines):,} lines (median of 9); same customers: {same}",
		[
			("", "ms", "ratio"),
			("pandas on the CSV in memory", f"{memory * 1000:.0f}", "1.00"),
			("report: query alone", f"{query * 1000:.0f}", f"{query / memory:.2f}"),
			("report: query, scores, table, chart", f"{whole * 1000:.0f}", f"{whole / memory:.2f}"),
			("aim", "", "3.00"),
		],
	)


def in_pandas(lines: pd.DataFrame) -> pd.DataFrame:
	"""Clean, sum, score and name in the usual pandas way, from the raw lines."""
	sold = lines[lines["CustomerID"].notna() & (lines["UnitPrice"] > 0) & (lines["Quantity"] > 0)]
	sold = sold[~sold["InvoiceNo"].str.startswith("C")]
	sold = sold.assign(amount=sold["Quantity"] * sold["UnitPrice"], day=sold["InvoiceDate"].dt.normalize())
	grouped = sold.groupby("CustomerID")
	found = grouped.agg(last=("day", "max"), frequency=("InvoiceNo", "nunique"), monetary=("amount", "sum"))
	found["recency"] = (pd.Timestamp(AS_OF) - found["last"]).dt.days
	found["r"] = pd.qcut(found["recency"], 5, labels=[5, 4, 3, 2, 1]).astype(int)
	found["f"] = pd.qcut(found["frequency"].rank(method="first"), 5, labels=False) + 1
	found["m"] = pd.qcut(found["monetary"], 5, labels=False) + 1
	found["code"] = found["r"].astype(str) + found["f"].astype(str) + found["m"].astype(str)
	return found.sort_values("monetary", ascending=False)


if __name__ == "__main__":
	main()
