"""List, search and form page of customers: milliseconds and queries, with few and with many records."""

import random
import statistics
import time

import hosts

SIZES = (1_000, 100_000)
TIMES = 9
PAGES = (
	("list", "/app/crm-customer"),
	("list, page 40", "/app/crm-customer?page=40"),
	("list, filtered", "/app/crm-customer?city=Shanghai"),
	("form", "/app/crm-customer/CUST-00500"),
	("360 page", "/customer_360?name=CUST-00500"),
	("report", "/app/query-report/RFM Segmentation"),
	("REST list", "/api/resource/CRM Customer?limit_page_length=20"),
)


def main() -> None:
	options = hosts.arguments(__doc__)
	with hosts.site("pages.local", options) as frappe:
		results = {}
		for size in SIZES:
			fill(frappe, size)
			client = logged_in(frappe)
			for label, url in PAGES:
				results.setdefault(label, []).append(measure(frappe, client, url))
	heads = [f"{size:,}" for size in SIZES]
	hosts.table(f"Median ms of {TIMES} requests", [("customers", *heads), *cells(results, 0)])
	hosts.table("Queries", [("customers", *heads), *cells(results, 1)])


def cells(results: dict, place: int) -> list[tuple]:
	return [(label, *(found[place] for found in both)) for label, both in results.items()]


def fill(frappe, size: int) -> None:
	"""`size` customers, one sale each, the same on every run."""
	from crm_app.crm_platform.importer.bulk import BulkTable

	rng = random.Random(1)
	customers, sales = BulkTable("CRM Customer"), BulkTable("CRM Transaction", docstatus=1)
	for number in range(frappe.db.count("CRM Customer") + 1, size + 1):
		name = f"CUST-{number:05d}"
		city = rng.choice(["Shanghai", "Beijing", "Shenzhen", "Hangzhou"])
		customers.add(name=name, customer_name=f"Customer {number}", city=city, external_key=f"b:{number}")
		sales.add(
			name=f"b-{number:07d}",
			customer=name,
			posting_date=f"2025-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
			amount=rng.randint(1, 900),
			external_key=f"b:{number}",
		)
		if number % 1000 == 0:
			customers.insert()  # a time stamp of its own for each thousand
	customers.insert()
	sales.insert()
	frappe.db.commit()


def logged_in(frappe):
	from django.test import Client

	client = Client(raise_request_exception=True)
	session = client.session
	session.update({"user": "Administrator", "seen": int(time.time())})
	session.save()
	frappe.db.commit()
	return client


def measure(frappe, client, url: str) -> tuple[str, int]:
	"""(median milliseconds, queries) of GET `url`."""
	request(client, url)
	times = []
	for _ in range(TIMES):
		began = time.perf_counter()
		request(client, url)
		times.append(1000 * (time.perf_counter() - began))
	return f"{statistics.median(times):.0f}", count_queries(frappe, client, url)


def request(client, url: str) -> None:
	answer = client.get(url)
	if answer.status_code != 200:
		raise SystemExit(f"{url} answers {answer.status_code}")
	answer.getvalue() if answer.streaming else answer.content


def count_queries(frappe, client, url: str) -> int:
	from django.db import connection

	seen = []

	def note(execute, sql, values, many, context):
		seen.append(sql)
		return execute(sql, values, many, context)

	with connection.execute_wrapper(note):
		request(client, url)
	return len(seen)


if __name__ == "__main__":
	main()
