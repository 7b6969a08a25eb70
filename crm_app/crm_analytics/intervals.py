"""Days from one purchase day of a customer to the next."""

import frappe
import numpy as np
import pandas as pd
from frappe.query_builder.functions import Count, Max, Min
from pypika.analytics import Lag

from crm_app.crm_analytics import sales_query
from crm_app.crm_analytics.domain import gaps
from crm_app.crm_analytics.sales_query import DateDiff

# What is bought again -> the columns of a line: its key and its name.
KEYS = {"Category": ("category", "category"), "Item": ("item_code", "item_name")}


def counted(filters) -> pd.DataFrame:
	"""gap (days) and number of such gaps, counted in the database."""
	sale = frappe.qb.DocType(sales_query.TRANSACTION)
	days = frappe.qb.from_(sale).select(sale.customer, sale.posting_date).distinct()
	days = sales_query.narrowed(days, sale, filters)
	before = Lag(days.posting_date).over(days.customer).orderby(days.posting_date).as_("day_before")
	steps = frappe.qb.from_(days).select(days.customer, days.posting_date, before)
	gap = DateDiff(steps.posting_date, steps.day_before)
	query = frappe.qb.from_(steps).select(gap.as_("gap"), Count("*").as_("number")).groupby(gap)
	rows = query.where(steps.day_before.isnotnull()).run()
	return pd.DataFrame(rows, columns=["gap", "number"]).astype("int64")


def by_key(filters, kind: str) -> tuple[pd.DataFrame, pd.DataFrame]:
	"""The gaps within each key of KEYS: key, gap, number; and the keys: key, title, customers.

	Two narrow reads and numpy: a window over customer, key and day takes the database three times as long.
	"""
	sales, lines = _sales(filters), _lines(filters, kind)
	lines = lines[lines["sale"].isin(sales.index)]
	places = pd.factorize(_folded(lines["key"]), sort=True)[0]
	bought = sales.reindex(lines["sale"])
	found, customers = gaps.within(places, bought["owner"], bought["day"])
	# the last name of each key; a maximum per group takes pandas seconds
	names = lines[["key", "title"]].assign(place=places).drop_duplicates().sort_values(["place", "title"])
	known = names.drop_duplicates("place", keep="last", ignore_index=True).assign(customers=customers)
	return found.assign(key=known["key"].to_numpy()[found["key"]]), known


def _sales(filters) -> pd.DataFrame:
	"""Index sale; owner (a code) and day (a number)."""
	sale = frappe.qb.DocType(sales_query.TRANSACTION)
	query = frappe.qb.from_(sale).select(sale.name, sale.customer, sale.posting_date)
	rows = sales_query.narrowed(query, sale, filters).run()
	found = pd.DataFrame(rows, columns=["sale", "customer", "day"], dtype=object)
	day = pd.to_datetime(found["day"]).to_numpy().astype("datetime64[D]").astype("int64")
	owner = pd.factorize(found["customer"])[0]
	return pd.DataFrame({"owner": owner, "day": day}, index=pd.Index(found["sale"]))


def _lines(filters, kind: str) -> pd.DataFrame:
	"""sale, key, title of each line."""
	sale, line = frappe.qb.DocType(sales_query.TRANSACTION), frappe.qb.DocType(sales_query.LINE)
	query = frappe.qb.from_(line).join(sale).on(sale.name == line.parent)
	query = query.select(line.parent, *(line[name] for name in KEYS[kind]))
	rows = sales_query.narrowed(query, sale, filters).run()
	return pd.DataFrame(rows, columns=["sale", "key", "title"], dtype=object).fillna("")


def _folded(keys: pd.Series) -> np.ndarray:
	"""Upper and lower case are one key, as they are for the database."""
	places, known = pd.factorize(keys)
	return np.array([key.casefold() for key in known], dtype=object)[places]


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
