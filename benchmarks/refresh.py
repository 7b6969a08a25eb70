"""Scores of many customers: a full refresh against one after 1 % of the customers changed.

The sales are made up: three years of customers with different intervals between purchases.
"""

import argparse
import json
import subprocess
import sys
import time
from datetime import date, timedelta

import hosts
import numpy as np

STAMP = "2024-01-01 00:00:00.000000"
NEEDED = (
	"crm_transaction_sums",
	"crm_transaction_changes",
	"crm_transaction_currency",
	"posting_date",
	"customer",
)
AT_ONCE = 20_000  # customers generated together
SALE = [
	"name", "customer", "posting_date", "amount", "transaction_type", "docstatus", "currency",
	"owner", "modified_by", "creation", "modified",
]  # fmt: skip
CUSTOMER = [
	"name",
	"customer_name",
	"status_category",
	"owner",
	"modified_by",
	"creation",
	"modified",
	"docstatus",
]


def main() -> None:
	options = arguments()
	if options.measure:
		measure(options)
		return
	with hosts.site("refresh.local", options) as frappe:
		frappe.db.set_single_value("Analytics Settings", "history_months", 0)
		sales = fill_once(frappe, options.customers)
		frappe.db.commit()
	full = in_child(options, "Full")
	with hosts.site("refresh.local", options) as frappe:
		changed = change(frappe, options.customers)
		frappe.db.commit()
	part = in_child(options, "Incremental")
	report(options, sales, changed, full, part)


def arguments() -> argparse.Namespace:
	parser = hosts.parser(__doc__)
	parser.add_argument("--customers", type=int, default=50_000, help="each has ten sales on average")
	parser.add_argument("--measure", help=argparse.SUPPRESS)
	return parser.parse_args()


def fill_once(frappe, customers: int) -> int:
	"""Number of sales in the site; made where there are none, with the indexes after the rows."""
	if there := frappe.db.count("CRM Transaction"):
		return there
	began = time.perf_counter()
	indexes = drop_indexes(frappe)
	count, stamps = 0, ("Administrator", "Administrator", STAMP, STAMP)
	for first in range(0, customers, AT_ONCE):
		numbers = np.arange(first, min(first + AT_ONCE, customers))
		names = [f"BENCH-{number:07d}" for number in numbers]
		rows = [(name, name, "Active", *stamps, 0) for name in names]
		frappe.db.bulk_insert("CRM Customer", CUSTOMER, rows, chunk_size=5000)
		owners, days, amounts = sales_of(numbers)
		rows = (
			(f"B{count + at:09d}", names[owner], day, amount, "Sale", 1, "CNY", *stamps)
			for at, (owner, day, amount) in enumerate(zip(owners, days, amounts, strict=True))
		)
		frappe.db.bulk_insert("CRM Transaction", SALE, rows, chunk_size=5000)
		count += len(owners)
		frappe.db.commit()
	for statement in indexes:
		frappe.db.sql(statement)
	frappe.db.commit()
	print(f"made {count:,} sales in {time.perf_counter() - began:.0f} s", flush=True)
	return count


def sales_of(customers: np.ndarray) -> tuple[list, list, list]:
	"""Owner (position), day and amount of each sale."""
	chance = np.random.default_rng(int(customers[0]))
	count = np.minimum(chance.geometric(0.1, len(customers)), 60)
	owners = np.repeat(np.arange(len(customers)), count)
	gaps = chance.exponential(np.repeat(chance.choice([6, 15, 40, 90], len(customers)), count)) + 1
	starts = np.r_[0, np.cumsum(count)[:-1]]
	walk = np.cumsum(gaps)
	since = walk - np.repeat(walk[starts], count) + np.repeat(chance.uniform(0, 1000, len(customers)), count)
	today = date.today()
	texts = np.array([str(today - timedelta(days=1095 - day)) for day in range(1096)])
	days = texts[np.minimum(since, 1095).astype(int)]
	amounts = np.round(chance.gamma(2, np.repeat(chance.gamma(3, 20, len(customers)), count)), 2)
	return owners.tolist(), days.tolist(), amounts.tolist()


def drop_indexes(frappe) -> list[str]:
	"""Drops what each row would have to keep up to date; returns what brings back the needed ones."""
	if frappe.db.is_sqlite:
		found = frappe.db.sql(
			"select name, sql from sqlite_master where type = 'index' and sql is not null"
			" and tbl_name = 'tabCRM Transaction'"
		)
		for name, _sql in found:
			frappe.db.sql(f"DROP INDEX `{name}`")
		return [sql for name, sql in found if any(name.endswith(f"__{one}") or one in name for one in NEEDED)]
	columns = {}
	for row in frappe.db.sql("SHOW INDEX FROM `tabCRM Transaction`"):
		if row[2] != "PRIMARY":
			columns.setdefault(row[2], []).append(f"`{row[4]}`")
	for name in columns:
		frappe.db.sql(f"ALTER TABLE `tabCRM Transaction` DROP INDEX `{name}`")
	return [
		f"ALTER TABLE `tabCRM Transaction` ADD INDEX `{name}` ({', '.join(fields)})"
		for name, fields in columns.items()
		if any(one in name for one in NEEDED)
	]


def change(frappe, customers: int) -> int:
	"""A sale today for 1 % of the customers, through the table as the importer does it."""
	now = frappe.utils.now()
	stamps = ("Administrator", "Administrator", now, now)
	names = [f"BENCH-{number:07d}" for number in range(0, customers, 100)]
	day = frappe.utils.nowdate()
	rows = [(frappe.generate_hash(length=14), name, day, 50.0, "Sale", 1, "CNY", *stamps) for name in names]
	frappe.db.bulk_insert("CRM Transaction", SALE, rows)
	return len(names)


def in_child(options, wanted: str) -> dict:
	"""A refresh in a process of its own, so that its memory is its own."""
	command = [sys.executable, __file__, "--measure", wanted, "--folder", options.folder]
	command += ["--db-url", options.db_url] if options.db_url else []
	done = subprocess.run(command, capture_output=True, text=True, check=False)
	if done.returncode:
		sys.exit(done.stderr)
	return json.loads(done.stdout.splitlines()[-1])


def measure(options) -> None:
	began, times = time.perf_counter(), {}
	with hosts.site("refresh.local", options) as frappe:
		from crm_app.crm_analytics.scores import runs

		began = time.perf_counter()
		name = runs.refresh(
			options.measure if options.measure == "Full" else None,
			told=lambda step, done, total: times.setdefault(step, time.perf_counter() - began),
		)
		whole = time.perf_counter() - began
		run = frappe.get_doc("Analytics Run", name)
		peak = peak_megabytes()
		found = {"kind": run.kind, "scored": run.customers_scored, "seconds": whole, "megabytes": peak}
		print(json.dumps({**found, "until_scores": times.get("Score", 0.0)}))


def peak_megabytes() -> int:
	"""Of this process alone; getrusage would tell the parent's, who made the sales."""
	with open("/proc/self/status") as status:
		line = next(line for line in status if line.startswith("VmHWM"))
	return int(line.split()[1]) // 1024


def report(options, sales: int, changed: int, full: dict, part: dict) -> None:
	kind = "MariaDB" if options.db_url else "SQLite"
	scoring = full["seconds"] - full["until_scores"]
	hosts.table(
		f"Refresh of {options.customers:,} customers with {sales:,} sales, {kind}",
		[
			("", "s", "customers/s", "sales/s", "peak MB"),
			(
				"full: models and scores",
				f"{full['seconds']:.1f}",
				f"{full['scored'] / full['seconds']:,.0f}",
				f"{sales / full['seconds']:,.0f}",
				full["megabytes"],
			),
			(
				"  of it scoring",
				f"{scoring:.1f}",
				f"{full['scored'] / scoring:,.0f}",
				f"{sales / scoring:,.0f}",
				"",
			),
			(
				f"{part['kind']}: {changed:,} changed",
				f"{part['seconds']:.2f}",
				f"{part['scored'] / part['seconds']:,.0f}",
				"",
				part["megabytes"],
			),
			("full / incremental (aim ≥ 20)", f"{full['seconds'] / part['seconds']:.1f}", "", "", ""),
			("scoring / incremental", f"{scoring / part['seconds']:.1f}", "", "", ""),
		],
	)


if __name__ == "__main__":
	main()
