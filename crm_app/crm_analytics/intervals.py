"""Days from one purchase day of a customer to the next, counted in the database."""

import frappe
import pandas as pd
from frappe.query_builder.functions import Coalesce, Count, Max, Min
from pypika.analytics import Lag

from crm_app.crm_analytics import sales_query
from crm_app.crm_analytics.sales_query import DateDiff

KEYS = {"Category": "category", "Item": "item_code"}


def counted(filters, kind: str | None = None) -> pd.DataFrame:
	"""gap (days), number of such gaps and, with a kind of KEYS, the key within which they are counted."""
	days = _days(filters, kind)
	within = [days.customer, *([days.key] if kind else [])]
	before = Lag(days.posting_date).over(*within).orderby(days.posting_date).as_("day_before")
	steps = frappe.qb.from_(days).select(*within, days.posting_date, before)
	gap = DateDiff(steps.posting_date, steps.day_before)
	query = frappe.qb.from_(steps).select(gap.as_("gap"), Count("*").as_("number")).groupby(gap)
	query = query.where(steps.day_before.isnotnull())
	if kind:
		query = query.select(steps.key).groupby(steps.key)
	names = ["gap", "number", *(["key"] if kind else [])]
	return pd.DataFrame(query.run(), columns=names).astype({"gap": "int64", "number": "int64"})


def _days(filters, kind: str | None):
	"""Each customer (and key) and day with a sale once."""
	sale = frappe.qb.DocType(sales_query.TRANSACTION)
	if not kind:
		days = frappe.qb.from_(sale).select(sale.customer, sale.posting_date).distinct()
		return sales_query.narrowed(days, sale, filters)
	line = frappe.qb.DocType(sales_query.LINE)
	key = Coalesce(line[KEYS[kind]], "").as_("key")
	days = frappe.qb.from_(line).join(sale).on(sale.name == line.parent)
	return sales_query.narrowed(days.select(sale.customer, sale.posting_date, key).distinct(), sale, filters)


def buyers(filters, kind: str) -> pd.DataFrame:
	"""key, title and the number of customers of each."""
	sale, line = frappe.qb.DocType(sales_query.TRANSACTION), frappe.qb.DocType(sales_query.LINE)
	key = Coalesce(line[KEYS[kind]], "")
	query = frappe.qb.from_(line).join(sale).on(sale.name == line.parent).groupby(key)
	title = Max(line.item_name if kind == "Item" else line.category)
	query = query.select(key.as_("key"), title.as_("title"), Count(sale.customer).distinct().as_("customers"))
	rows = sales_query.narrowed(query, sale, filters).run()
	return pd.DataFrame(rows, columns=["key", "title", "customers"]).fillna({"title": ""})


def of_customers(filters) -> pd.DataFrame:
	"""customer, customer_name, days (with a sale), first_on, last_on of those who bought on several days."""
	sale, customer = frappe.qb.DocType(sales_query.TRANSACTION), frappe.qb.DocType(sales_query.CUSTOMER)
	days = Count(sale.posting_date).distinct()
	sums = frappe.qb.from_(sale).groupby(sale.customer)
	sums = sums.select(
		sale.customer,
		days.as_("days"),
		Min(sale.posting_date).as_("first_on"),
		Max(sale.posting_date).as_("last_on"),
	)
	sums = sales_query.narrowed(sums, sale, filters)
	query = frappe.qb.from_(sums).join(customer).on(customer.name == sums.customer)
	query = query.select(sums.customer, customer.customer_name, sums.days, sums.first_on, sums.last_on)
	query = query.where(sums.days > 1).orderby(sums.customer)
	return pd.DataFrame(query.run(), columns=["customer", "customer_name", "days", "first_on", "last_on"])
