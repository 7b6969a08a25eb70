"""Cohorts of customers by the month of their first sale, counted in the database."""

import frappe
import pandas as pd
from frappe import _
from frappe.query_builder.functions import Count, Min, Sum

from crm_app.crm_analytics import sales_query
from crm_app.crm_analytics.domain import cohort
from crm_app.crm_analytics.sales_query import Month, Year

NAMES = ["first_year", "first_month", "year", "month", "customers", "revenue"]


def query(filters, money):
	"""Customers and revenue of each pair of first month and month, a few hundred rows however many sales.

	A customer belongs to the month of the first sale in the store or channel of the filters; the period of
	the filters says which cohorts are shown, and up to which day sales are counted.
	"""
	sale, first = frappe.qb.DocType(sales_query.TRANSACTION), first_sales(filters)
	start, _end = sales_query.period(filters)
	months = [Year(first.first_on), Month(first.first_on), Year(sale.posting_date), Month(sale.posting_date)]
	found = (
		frappe.qb.from_(sale)
		.join(first)
		.on(first.customer == sale.customer)
		.select(*months, Count(sale.customer).distinct(), Sum(sale.amount))
	)
	for month in months:
		found = found.groupby(month)
	if start:
		found = found.where(first.first_on >= start)
	return sales_query.narrowed(found, sale, frappe._dict(filters, from_date=None), money)


def first_sales(filters):
	"""customer, first_on of everybody who ever bought in the store and channel of the filters."""
	sale = frappe.qb.DocType(sales_query.TRANSACTION)
	found = (
		frappe.qb.from_(sale)
		.select(sale.customer, Min(sale.posting_date).as_("first_on"))
		.where((sale.docstatus == 1) & (sale.transaction_type == "Sale"))
		.groupby(sale.customer)
	)
	for name in sales_query.DIRECT:
		if filters.get(name):
			found = found.where(sale[name] == filters.get(name))
	return found.as_("first_sale")


def tables(filters, money) -> tuple[pd.DataFrame, pd.DataFrame]:
	"""Customers (Int64) and revenue (float64): index cohort (monthly Period), columns months since."""
	found = pd.DataFrame(query(filters, money).run(), columns=NAMES)
	months = pd.DataFrame(
		{
			"first": found["first_year"].astype("int64") * 12 + found["first_month"].astype("int64") - 1,
			"month": found["year"].astype("int64") * 12 + found["month"].astype("int64") - 1,
			"customers": found["customers"].astype("int64"),
			"revenue": found["revenue"].astype("float64"),
		}
	)
	return cohort.spread(months, "customers"), cohort.spread(months, "revenue")


def month_of(text) -> pd.Period:
	"""The month of `2024-05`."""
	try:
		return pd.Period(str(text or "").strip(), freq="M")
	except ValueError:
		frappe.throw(_("Cohort: {0} is no month; write it as 2024-05.").format(text), title=_("Cohort"))
