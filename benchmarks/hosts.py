"""Sites for the benchmarks, on the embedded host, and what all of them print."""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "embedded"), str(ROOT)]
DATA = Path(os.environ.get("CRM_DATA_DIR") or ROOT.parent / "shared" / "data")
REAL_FILE = DATA / "online_retail" / "online_retail.csv.gz"


def arguments(description: str) -> argparse.Namespace:
	return parser(description).parse_args()


def parser(description: str) -> argparse.ArgumentParser:
	"""With the options that all of them have."""
	parser = argparse.ArgumentParser(description=description)
	parser.add_argument("--folder", help="keep the site here and use it again; default: a temporary folder")
	parser.add_argument("--db-url", help="mysql://user:password@host:port/database; default: SQLite")
	parser.add_argument("--file", default=str(REAL_FILE), help="Online Retail as CSV or CSV.GZ")
	return parser


@contextmanager
def site(name: str, options: argparse.Namespace):
	"""A connected site with the app; made when it is missing."""
	with tempfile.TemporaryDirectory() as temporary:
		folder = options.folder or temporary
		import frappe
		from frappe import installer

		if not (Path(folder) / name / "site_config.json").exists():
			os.makedirs(folder, exist_ok=True)
			kind = {"db_type": "mariadb", "db_url": options.db_url} if options.db_url else {}
			installer.new_site(name, sites_path=folder, apps=["crm_app"], force=True, **kind)
		frappe.init(name, sites_path=folder)
		frappe.connect()
		frappe.set_user("Administrator")
		yield frappe
		frappe.destroy()


def needs(path: str) -> str:
	if not Path(path).exists():
		sys.exit(f"{path} is not there; set CRM_DATA_DIR or give --file")
	return path


def import_once(frappe, path: str) -> None:
	"""The real file is in afterwards; nothing happens where it was already."""
	from crm_app.crm_platform.importer import run_file

	if not frappe.db.exists("CRM Import", {"status": "Completed", "dry_run": 0}):
		run_file(path, preset="Online Retail")


def seconds(work: Callable) -> float:
	began = time.perf_counter()
	work()
	return time.perf_counter() - began


def median(work: Callable, times: int = 9) -> float:
	"""Seconds, after one run that does not count."""
	work()
	return statistics.median(seconds(work) for _ in range(times))


def table(title: str, rows: list[tuple]) -> None:
	print(f"\n{title}")
	width = max(len(str(row[0])) for row in rows)
	for name, *cells in rows:
		print(f"  {name!s:<{width}}  " + "  ".join(f"{cell!s:>14}" for cell in cells))
