"""Public data sets with published results, as frames; a test is skipped where a file is not there."""

import pandas as pd
import pytest
from crm_testing.shop_data import data_dir, online_retail_path


def research_file(*parts: str) -> str:
	path = data_dir().joinpath(*parts)
	if not path.exists():
		pytest.skip(f"real data not there: {path} (set CRM_DATA_DIR)")
	return str(path)


def cdnow_summary() -> pd.DataFrame:
	"""frequency, recency, T and value of the 2,357 customers of the sample, calibration to 1997-09-30."""
	path = research_file("cdnow", "cdnow_customers_summary_with_transactions.csv")
	frame = pd.read_csv(path, index_col=0)
	return frame.set_axis(["frequency", "recency", "T", "value"], axis=1)


def cdnow_purchases() -> pd.DataFrame:
	"""customer, date, amount of the sample."""
	names = ["master", "customer", "date", "discs", "amount"]
	frame = pd.read_csv(research_file("cdnow", "CDNOW_sample.txt"), sep=r"\s+", header=None, names=names)
	return frame.assign(date=pd.to_datetime(frame["date"], format="%Y%m%d"))


def online_retail_sales() -> pd.DataFrame:
	"""customer, date, invoice, item, amount: customer known, not cancelled, quantity and price above zero."""
	kinds = {"InvoiceNo": str, "CustomerID": str, "StockCode": str}
	lines = pd.read_csv(online_retail_path(), dtype=kinds)
	sold = (lines["UnitPrice"] > 0) & (lines["Quantity"] > 0) & ~lines["InvoiceNo"].str.startswith("C")
	lines = lines[lines["CustomerID"].notna() & sold]
	return pd.DataFrame(
		{
			"customer": lines["CustomerID"],
			"date": pd.to_datetime(lines["InvoiceDate"]),
			"invoice": lines["InvoiceNo"],
			"item": lines["StockCode"],
			"amount": lines["Quantity"] * lines["UnitPrice"],
		}
	)


def grocery_baskets() -> pd.DataFrame:
	"""transaction_id, item."""
	return pd.read_csv(research_file("groceries", "groceries_baskets.csv"))


def telco_customers() -> pd.DataFrame:
	return pd.read_csv(research_file("telco_churn", "Telco-Customer-Churn.csv"))
