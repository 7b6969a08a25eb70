"""Where the real shop's file lies, and made-up files of the same shape."""

import csv
import gzip
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

HEADER = [
	"InvoiceNo",
	"StockCode",
	"Description",
	"Quantity",
	"InvoiceDate",
	"UnitPrice",
	"CustomerID",
	"Country",
]


def data_dir() -> Path:
	beside_the_repository = Path(__file__).resolve().parents[3] / "shared" / "data"
	return Path(os.environ.get("CRM_DATA_DIR") or beside_the_repository)


def online_retail_path() -> str:
	path = data_dir() / "online_retail" / "online_retail.csv.gz"
	if not path.exists():
		pytest.skip(f"real data not there: {path} (set CRM_DATA_DIR)")
	return str(path)


def real_slice(folder: Path, rows: int) -> str:
	"""The first `rows` records of the real file, with its header."""
	target = folder / "slice.csv"
	with gzip.open(online_retail_path(), "rt", newline="") as whole, target.open("w", newline="") as part:
		for _number, line in zip(range(rows + 1), whole, strict=False):
			part.write(line)
	return str(target)


def record(
	invoice="1001", item="A1", qty=2, when="2024-03-01 10:00:00", price="2.50", customer="C-1", **other
):
	name, country = other.get("name", "Mug"), other.get("country", "China")
	return [invoice, item, name, str(qty), when, price, customer, country]


def write_csv(path: Path, records, header=HEADER, encoding="utf-8") -> str:
	with path.open("w", newline="", encoding=encoding) as handle:
		csv.writer(handle).writerows([header, *records])
	return str(path)


def many_records(invoices: int, lines_each: int = 3, prefix: str = "9"):
	"""Sales of ten customers, one invoice an hour, no randomness."""
	start = datetime(2024, 1, 1, 8)
	for number in range(invoices):
		for line in range(lines_each):
			yield record(
				invoice=f"{prefix}{number:05d}",
				item=f"A{line}",
				qty=line + 1,
				when=str(start + timedelta(hours=number)),
				price="1.25",
				customer=f"C-{number % 10}",
			)
