"""What each customer bought up to a day, summed in the database over the covering index.

A history has: first_day and last_day of sales (days since 1970-01-01), days with a sale, invoices, sales
(money), first_sales (money of the first day), returned (money, positive), year_net (sales less returns of the
last 365 days), other_currency (sales in another currency than the one added up: without their money).
Customers without a sale, merged or erased have none. Nothing after the day counts.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import frappe
import numpy as np
import pandas as pd
from frappe.query_builder import Case
from frappe.query_builder.functions import Coalesce, Count, Max, Min, Sum
from pypika.terms import ValueWrapper

YEAR = 365
PLACES = 4  # of amounts; rounding makes a sum independent of the order of its parts
END = "(end)"  # where a run stands after the last customer
NAMES_AT_ONCE = 5000  # of one condition
NOT_SCORED = ("Merged", "Erased")
COUNTS = ("days", "invoices", "other_currency")
MONEY = ("sales", "first_sales", "returned", "year_net")
COLUMNS = ["customer", "customer_name", "first_day", "last_day", *COUNTS, *MONEY]


class Span:
	"""Customers after `low` up to `high` in the order of their names, or the named ones."""

	def __init__(self, low: str = "", high: str | None = None, names: Sequence[str] | None = None):
		self.low, self.high, self.names = low, high, names

	def narrow(self, query, column):
		if self.names is not None:
			return query.where(column.isin(list(self.names)))
		query = query.where(column > self.low)
		return query if self.high is None else query.where(column <= self.high)

	@property
	def last(self) -> str:
		"""Where the next span begins."""
		if self.names is not None:
			return self.names[-1] if self.names else self.low
		return END if self.high is None else self.high

	@property
	def count(self) -> int | None:
		return None if self.names is None else len(self.names)

	@property
	def filters(self) -> list:
		"""For `frappe.db.delete`."""
		if self.names is not None:
			return [["customer", "in", list(self.names)]]
		low = [["customer", ">", self.low]]
		return low if self.high is None else [*low, ["customer", "<=", self.high]]


def spans(size: int, after: str = "") -> Iterator[Span]:
	"""All customers in parts of `size`; the last part is open, so that it holds whoever came in meanwhile."""
	while after != END:
		high = _name_at(after, size)
		span = Span(after, high)
		yield span
		after = span.last


def _name_at(after: str, place: int) -> str | None:
	customer = frappe.qb.DocType("CRM Customer")
	query = frappe.qb.from_(customer).select(customer.name).where(customer.name > after)
	found = query.orderby(customer.name).limit(1).offset(place - 1).run()
	return found[0][0] if found else None


def read(span: Span, as_of: date, currency: str = "") -> pd.DataFrame:
	"""Histories of the span's customers, index customer, in the order of their names.

	`currency` is the one whose amounts are added up; "" where the site has only one.
	"""
	frame = pd.DataFrame(_query(span, as_of, currency).run(), columns=COLUMNS)
	for name in ("first_day", "last_day"):
		frame[name] = np.asarray(frame[name].tolist(), dtype="datetime64[D]").astype("int64")
	frame = frame.astype(dict.fromkeys(COUNTS, "int64"))
	for name in MONEY:
		frame[name] = frame[name].astype("float64").round(PLACES)
	return frame.set_index(frame.pop("customer").astype(object))


def _query(span: Span, as_of: date, currency: str):
	customer, sums = frappe.qb.DocType("CRM Customer"), _sums(span, as_of, currency).as_("sums")
	return (
		frappe.qb.from_(sums)
		.join(customer)
		.on(customer.name == sums.customer)
		.select(
			customer.name,
			customer.customer_name,
			sums.first_day,
			sums.last_day,
			*(sums[name] for name in COUNTS),
			sums.sales,
			_first_sales(sums, currency),
			sums.returned,
			sums.year_net,
		)
		.where((sums.invoices > 0) & customer.status_category.notin(NOT_SCORED))
		.orderby(customer.name)
	)


def _sums(span: Span, as_of: date, currency: str):
	tx = frappe.qb.DocType("CRM Transaction")
	sale = tx.transaction_type == "Sale"
	amount = _when(tx.currency == currency, tx.amount) if currency else tx.amount
	foreign = Sum(_when(sale & (Coalesce(tx.currency, "") != currency), 1)) if currency else ValueWrapper(0)
	query = (
		frappe.qb.from_(tx)
		.select(
			tx.customer,
			Min(_when(sale, tx.posting_date, None)).as_("first_day"),
			Max(_when(sale, tx.posting_date, None)).as_("last_day"),
			Count(_when(sale, tx.posting_date, None)).distinct().as_("days"),
			Sum(_when(sale, 1)).as_("invoices"),
			foreign.as_("other_currency"),
			Sum(_when(sale, amount)).as_("sales"),
			Sum(_when(sale, 0, amount * -1)).as_("returned"),
			Sum(_when(tx.posting_date > as_of - timedelta(days=YEAR), amount)).as_("year_net"),
		)
		.where((tx.docstatus == 1) & (tx.posting_date <= as_of))
		.groupby(tx.customer)
	)
	return span.narrow(query, tx.customer)


def _first_sales(sums, currency: str):
	"""Money of the first day with a sale, looked up in the index customer by customer."""
	first = frappe.qb.DocType("CRM Transaction").as_("first_sale")
	same_day = (first.customer == sums.customer) & (first.posting_date == sums.first_day)
	query = frappe.qb.from_(first).select(Sum(first.amount))
	query = query.where(same_day & (first.docstatus == 1) & (first.transaction_type == "Sale"))
	return Coalesce(query.where(first.currency == currency), 0) if currency else query


def _when(condition, value, otherwise=0):
	return Case().when(condition, value).else_(otherwise)


def days_after(span: Span, after: date, until: date) -> pd.Series:
	"""Days with a sale after the one day up to the other, of each customer who has any."""
	tx = frappe.qb.DocType("CRM Transaction")
	query = (
		frappe.qb.from_(tx)
		.select(tx.customer, Count(tx.posting_date).distinct())
		.where((tx.docstatus == 1) & (tx.transaction_type == "Sale"))
		.where((tx.posting_date > after) & (tx.posting_date <= until))
		.groupby(tx.customer)
	)
	rows = span.narrow(query, tx.customer).run()
	return pd.Series({customer: int(days) for customer, days in rows}, dtype="int64")


def first_and_last() -> tuple[date, date] | None:
	"""Days of the first and the last sale or return of the site, None without any."""
	found = [_end(order) for order in (frappe.qb.asc, frappe.qb.desc)]
	return None if None in found else (found[0], found[1])


def _end(order) -> date | None:
	tx = frappe.qb.DocType("CRM Transaction")
	query = frappe.qb.from_(tx).select(tx.posting_date).where(tx.docstatus == 1)
	rows = query.orderby(tx.posting_date, order=order).limit(1).run()
	return frappe.utils.getdate(rows[0][0]) if rows else None
