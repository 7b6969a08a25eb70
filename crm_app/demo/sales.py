"""Two years of sales and returns with seasons, loyal customers and lost ones."""

from datetime import date, timedelta
from decimal import Decimal

import frappe
from frappe.utils import getdate, nowdate

from crm_app.crm_customers.review import review_all
from crm_app.crm_platform.importer.bulk import BulkTable
from crm_app.crm_sales.domain.transaction import check_and_total
from crm_app.demo import words
from crm_app.demo.acting import pick
from crm_app.demo.customers import SYSTEM

DAYS = 730
RETURNED = 0.03
# visits a month, share of the time on the books in which they come, weight
HABITS = ((4.0, 1.0, 8), (1.6, 1.0, 25), (0.7, 1.0, 27), (1.5, 0.5, 15), (0.3, 0.7, 20), (0.08, 1.0, 5))
PAYMENTS = (("WeChat Pay", 45), ("Alipay", 30), ("Bank Card", 18), ("Cash", 7))


def install_sales(rng) -> None:
	for name, channel, city, _share in words.STORES:
		values = {"doctype": "CRM Store", "store_name": name, "channel": channel, "city": city}
		frappe.get_doc(values).insert(ignore_if_duplicate=True)
	book = SalesBook(rng)
	known = frappe.get_all(
		"CRM Customer",
		filters={"source_system": SYSTEM},
		fields=["name", "customer_name", "customer_type"],
		order_by="name asc",
	)
	for customer in known:
		for day in visits(rng, book.last):
			book.sell(customer, day)
	book.write()


def review_customers(rng) -> None:
	review_all()


def visits(rng, last: date) -> list[date]:
	"""The days on which one customer buys, following their habit, the season and the weekday."""
	(
		monthly,
		share,
	) = pick(rng, HABITS)
	first = rng.randint(0, int(DAYS * 0.8)) if rng.random() < 0.5 else 0
	stay = int((DAYS - first) * share * rng.uniform(0.8, 1.0)) if share < 1 else DAYS - first
	days = [last - timedelta(days=DAYS - 1 - first - offset) for offset in range(stay)]
	growth = 1 / (1.15 * 30.4)
	return [day for day in days if rng.random() < monthly * growth * weight(day)]


def weight(day: date) -> float:
	return words.SEASONS[day.month - 1] * words.WEEKDAYS[day.weekday()]


class SalesBook:
	"""Collects transactions with the totals that the sales module computes, and writes them in bulk."""

	def __init__(self, rng):
		self.rng = rng
		self.last = getdate(nowdate()) - timedelta(days=1)
		self.count = 0
		currency = frappe.db.get_single_value("CRM Settings", "default_currency") or "CNY"
		self.sales = BulkTable("CRM Transaction", docstatus=1, source_system=SYSTEM, currency=currency)
		self.items = BulkTable(
			"CRM Transaction Item", parenttype="CRM Transaction", parentfield="items", docstatus=1
		)

	def sell(self, customer, day: date) -> None:
		(store,) = pick(self.rng, [(name, share) for name, _channel, _city, share in words.STORES])
		head = {
			"transaction_type": "Sale",
			"posting_date": day,
			"store": store,
			"channel": words.CHANNELS[store],
			"payment_method": pick(self.rng, PAYMENTS)[0],
		}
		lines = self.basket(customer.customer_type == "Company", day)
		name = self.enter(customer, head, lines)
		if self.rng.random() < RETURNED and day < self.last - timedelta(days=10):
			back = {**head, "transaction_type": "Return", "posting_date": day + timedelta(days=5)}
			self.enter(customer, {**back, "return_against": name}, lines[:1])

	def basket(self, company: bool, day: date) -> list[dict]:
		size = self.rng.choices([1, 2, 3, 4], [45, 30, 17, 8])[0]
		goods = self.rng.sample(words.ITEMS, size)
		if day.month in (1, 9) and self.rng.random() < 0.5:
			goods[0] = words.ITEMS[11 if day.month == 1 else 10]
		return [self.line(item, company) for item in dict.fromkeys(goods)]

	def line(self, item, company: bool) -> dict:
		code, name, category, price = item
		qty = self.rng.randint(5, 30) if company else self.rng.choices([1, 2, 3], [75, 20, 5])[0]
		discount = round(price * qty * 0.1, 2) if self.rng.random() < 0.1 else 0
		return {
			"item_code": code,
			"item_name": name,
			"category": category,
			"qty": qty,
			"rate": price,
			"discount_amount": discount,
		}

	def enter(self, customer, head: dict, lines: list[dict]) -> str:
		totals = check_and_total(head, lines)
		self.count += 1
		name = f"demo-{self.count:06d}"
		for idx, (line, total) in enumerate(zip(lines, totals.lines, strict=True), 1):
			values = {**line, "qty": float(total.qty), "amount": float(total.amount)}
			self.items.add(name=f"{name}-{idx}", parent=name, idx=idx, **values)
		self.sales.add(
			name=name,
			customer=customer.name,
			customer_name=customer.customer_name,
			posting_time=f"{self.rng.randint(9, 20):02d}:{self.rng.randint(0, 59):02d}:00",
			external_id=f"{self.count:06d}",
			external_key=f"{SYSTEM}:{self.count:06d}",
			total_qty=float(totals.total_qty),
			discount_amount=float(totals.discount_amount or Decimal(0)),
			amount=float(totals.amount),
			**{"return_against": None, **head},
		)
		return name

	def write(self) -> None:
		self.sales.insert()
		self.items.insert()
