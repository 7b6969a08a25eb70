"""Shops for tests of the scores, straight into the tables: thousands of documents would take minutes."""

import random
from datetime import date, timedelta

import frappe

STAMP = "2026-01-01 00:00:00.000000"
OLD = dict.fromkeys(("creation", "modified"), STAMP)
PREFIX = "SCORE-"
SALE = ["customer", "posting_date", "amount", "transaction_type", "docstatus", "currency", "store", "channel"]


def bulk_customers(names, **values) -> None:
	fields = ["name", "customer_name", "status_category", "account_manager", "grade", "lifecycle_stage"]
	more = {"status_category": "Active", "grade": "Ordinary", "lifecycle_stage": "Growth"} | values
	rows = [[name, f"Shop {name}", *(more.get(field) for field in fields[2:])] for name in names]
	_insert("CRM Customer", fields, rows)


def bulk_sales(rows, **values) -> None:
	"""`rows` are (customer, day, amount); an amount below zero is a return."""
	values = {"docstatus": 1, "currency": "CNY"} | values
	full = [
		[customer, day, amount, "Return" if amount < 0 else "Sale"] + [values.get(name) for name in SALE[4:]]
		for customer, day, amount in rows
	]
	names = [frappe.generate_hash(length=12) for _row in full]
	_insert("CRM Transaction", ["name", *SALE], [[name, *row] for name, row in zip(names, full, strict=True)])


def _insert(doctype: str, fields: list[str], rows) -> None:
	stamps = ["owner", "modified_by", *OLD]
	full = [[*row, "Administrator", "Administrator", *OLD.values()] for row in rows]
	frappe.db.bulk_insert(doctype, [*fields, *stamps], full)


def make_shop(customers: int = 150, until: date | None = None, seed: int = 7, days: int = 500) -> list[str]:
	"""Customers with different habits, some of whom left; returns their names."""
	chance, until = random.Random(seed), until or date.today()
	names = [f"{PREFIX}{number:05d}" for number in range(customers)]
	sales = []
	for number, name in enumerate(names):
		gap = chance.choice((9, 25, 60, 200))
		day = until - timedelta(days=chance.randrange(30, days))
		end = until - timedelta(days=chance.choice((0, 0, 90, 200)))
		while day <= max(end, until - timedelta(days=days)):
			sales.append((name, day, round(chance.uniform(5, 300), 2)))
			day += timedelta(days=1 + int(chance.expovariate(1 / gap)))
		if not sales or sales[-1][0] != name:
			sales.append((name, until - timedelta(days=number % 300), 20.0))
		if number % 11 == 0:
			sales.append((name, until - timedelta(days=1), -5.0))
	bulk_customers(names)
	bulk_sales(sales)
	return names


SNAPSHOT = ("Analytics Model", "Analytics Run", "Customer Score", "Customer Score History")
_REMEMBERED: dict[tuple, dict[str, list]] = {}


def scored_shop(customers: int = 120, **settings) -> list[str]:
	"""A shop with its scores. Fitting takes seconds, so the rows of the first time are written again."""
	from crm_app.crm_analytics.scores import runs

	settings = {"history_months": 0, "value_model": "BG/NBD"} | settings
	for fieldname, value in settings.items():
		frappe.db.set_single_value("Analytics Settings", fieldname, value)
	names, key = make_shop(customers), (customers, *sorted(settings.items()))
	if key in _REMEMBERED:
		for doctype, rows in _REMEMBERED[key].items():
			if rows:
				frappe.db.bulk_insert(doctype, list(rows[0]), [list(row.values()) for row in rows])
		return names
	runs.refresh()
	kept = {doctype: frappe.get_all(doctype, fields=["*"], limit_page_length=0) for doctype in SNAPSHOT}
	for run in kept["Analytics Run"]:
		run.name = f"WAS-{run.name}"  # the counter of the names is taken back with each test
	_REMEMBERED[key] = kept
	return names


def forget_shop() -> None:
	"""What a test that really commits left behind."""
	like = ["like", f"{PREFIX}%"]
	for doctype in ("CRM Transaction", "Customer Score", "Customer Score History", "Retention Task"):
		frappe.db.delete(doctype, {"customer": like})
	frappe.db.delete("CRM Customer", {"name": like})
	for doctype in ("Analytics Run", "Analytics Model"):
		frappe.db.delete(doctype)
	frappe.db.commit()


def scores_of(names=None) -> dict[str, dict]:
	"""Customer -> row without the stamps of the writing."""
	filters = {"customer": ["in", names]} if names else {}
	rows = frappe.get_all("Customer Score", filters=filters, fields=["*"], limit_page_length=0)
	stamps = ("creation", "modified", "owner", "modified_by")
	return {row.customer: {key: value for key, value in row.items() if key not in stamps} for row in rows}


def bulk_lines(sales, items_of) -> None:
	"""Lines of the named sales; `items_of(number)` gives the item codes of the sale at that place."""
	rows = [
		[
			frappe.generate_hash(length=12),
			sale,
			"items",
			"CRM Transaction",
			place,
			code,
			f"{code.title()} name",
			1,
			5,
		]
		for number, sale in enumerate(sales)
		for place, code in enumerate(items_of(number), 1)
	]
	fields = ["name", "parent", "parentfield", "parenttype", "idx", "item_code", "item_name", "qty", "amount"]
	_insert("CRM Transaction Item", fields, rows)
