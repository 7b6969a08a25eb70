"""Which products are bought together: baskets read from the sales, rules kept in Product Association."""

from datetime import date

import frappe
import numpy as np
import pandas as pd
from frappe.query_builder.functions import Count, Max
from frappe.utils import getdate, now_datetime

from crm_app.crm_analytics import sales_query
from crm_app.crm_analytics.domain import baskets

ASSOCIATION = "Product Association"
SUPPORT, CONFIDENCE, LONGEST = 0.005, 0.1, 3
MOST_SALES = 300_000  # the latest sales that rules are learnt from
MOST_ITEMS = 800  # of which rules are made: above that the support asked for grows
MOST_RULES = 20_000
FIELDS = [
	"name", "left_items", "left_item", "left_size", "right_item", "right_name",
	"sales", "left_sales", "right_sales", "baskets", "support", "confidence", "lift",
	"model_version", "as_of", "owner", "modified_by", "creation", "modified", "docstatus", "idx",
]  # fmt: skip


def first_day(until: date) -> date | None:
	"""Day from which the latest MOST_SALES sales are counted; None where there are fewer."""
	sale = frappe.qb.DocType(sales_query.TRANSACTION)
	query = frappe.qb.from_(sale).select(sale.posting_date, Count("*")).where(_sold(sale, until))
	query = query.groupby(sale.posting_date).orderby(sale.posting_date, order=frappe.qb.desc)
	seen = 0
	for day, number in query.run():
		seen += number
		if seen > MOST_SALES:
			return getdate(day)
	return None


def _sold(sale, until: date):
	return (sale.docstatus == 1) & (sale.transaction_type == "Sale") & (sale.posting_date <= until)


def read_lines(until: date) -> pd.DataFrame:
	"""basket, item of the latest sales; lines without an item code are left out."""
	sale, line = frappe.qb.DocType(sales_query.TRANSACTION), frappe.qb.DocType(sales_query.LINE)
	query = frappe.qb.from_(line).join(sale).on(sale.name == line.parent).select(line.parent, line.item_code)
	query = query.where(_sold(sale, until) & (line.item_code != ""))
	return _frame(_latest(query, sale, until))


def lines_for(filters) -> pd.DataFrame:
	"""The same of the sales that a report's filters and its reader's rights leave."""
	sale, line = frappe.qb.DocType(sales_query.TRANSACTION), frappe.qb.DocType(sales_query.LINE)
	query = frappe.qb.from_(line).join(sale).on(sale.name == line.parent).select(line.parent, line.item_code)
	query = sales_query.narrowed(query.where(line.item_code != ""), sale, filters)
	return _frame(_latest(query, sale, sales_query.period(filters)[1]))


def _latest(query, sale, until: date):
	start = first_day(until)
	return query.where(sale.posting_date >= start) if start else query


def _frame(query) -> pd.DataFrame:
	return pd.DataFrame(query.run(), columns=["basket", "item"], dtype=object)


def learn(lines: pd.DataFrame) -> tuple[baskets.Baskets, pd.DataFrame, float]:
	"""Baskets, rules (surest first, at most MOST_RULES) and the support that was asked for."""
	found = baskets.Baskets(lines)
	support = SUPPORT
	if len(found.counts) > MOST_ITEMS:
		support = max(support, (found.counts[MOST_ITEMS] + 1) / found.size)
	rules = baskets.rules(found, round(min(support, 1.0), 9), CONFIDENCE, LONGEST)
	return found, rules[rules["lift"] > 1].head(MOST_RULES).reset_index(drop=True), support


def pairs_of(rules: pd.DataFrame) -> pd.DataFrame:
	"""The rules with one item on the left: left, right, count, confidence, lift."""
	single = rules[rules["left"].map(len) == 1]
	return single.assign(left=single["left"].str[0])[["left", "right", "count", "confidence", "lift"]]


def titles(items) -> dict[str, str]:
	"""Item code -> a name it was sold under."""
	line = frappe.qb.DocType(sales_query.LINE)
	query = frappe.qb.from_(line).select(line.item_code, Max(line.item_name)).groupby(line.item_code)
	wanted = set(items)
	return {code: name for code, name in query.run() if code in wanted and name}


RULE = FIELDS[1:13]  # what a rule says, without its name and stamps


def described(rules: pd.DataFrame, size: int) -> list[tuple]:
	"""RULE of each rule, with the names of its items."""
	names = titles({*rules["right"], *(item for left in rules["left"] for item in left)})
	return [
		(
			" + ".join(names.get(item, item) for item in rule.left)[:140],
			rule.left[0] if len(rule.left) == 1 else None,
			len(rule.left),
			rule.right,
			(names.get(rule.right) or rule.right)[:140],
			*(int(getattr(rule, name)) for name in ("count", "left_count", "right_count")),
			size,
			round(100 * rule.support, 6),
			round(100 * rule.confidence, 6),
			round(rule.lift, 6),
		)
		for rule in rules.itertuples(index=False)
	]


def store(rules: pd.DataFrame, size: int, version: int, as_of: date) -> None:
	"""The rules take the place of those before. The caller commits."""
	frappe.db.delete(ASSOCIATION)
	now, user = now_datetime(), frappe.session.user
	stamps = (version, as_of, user, user, now, now, 0, 0)
	told = enumerate(described(rules, size), 1)
	rows = [(f"{version:04d}-{number:06d}", *rule, *stamps) for number, rule in told]
	frappe.db.bulk_insert(ASSOCIATION, FIELDS, rows, chunk_size=500)


def owned(customers, until: date) -> pd.DataFrame:
	"""customer, item of everything the customers ever bought up to the day."""
	sale, line = frappe.qb.DocType(sales_query.TRANSACTION), frappe.qb.DocType(sales_query.LINE)
	query = frappe.qb.from_(sale).join(line).on(line.parent == sale.name)
	query = query.select(sale.customer, line.item_code).distinct()
	query = query.where(_sold(sale, until) & (line.item_code != "") & sale.customer.isin(list(customers)))
	return pd.DataFrame(query.run(), columns=["customer", "item"], dtype=object)


def for_customer(customer: str, most: int = 5) -> list[dict]:
	"""Next products of one customer from the stored rules: item, title, because, confidence. One query."""
	sale, line = frappe.qb.DocType(sales_query.TRANSACTION), frappe.qb.DocType(sales_query.LINE)
	rule = frappe.qb.DocType(ASSOCIATION)
	bought = frappe.qb.from_(sale).join(line).on(line.parent == sale.name).select(line.item_code)
	bought = bought.where((sale.customer == customer) & (line.item_code != ""))
	bought = bought.where((sale.docstatus == 1) & (sale.transaction_type == "Sale"))
	query = (
		frappe.qb.from_(rule)
		.select(rule.right_item.as_("item"), rule.right_name.as_("title"), rule.left_items.as_("because"))
		.select(rule.confidence)
		.where(rule.left_item.isin(bought) & rule.right_item.notin(bought))
		.orderby(rule.confidence, order=frappe.qb.desc)
		.orderby(rule.sales, order=frappe.qb.desc)
		.orderby(rule.right_item)
		.limit(20 * most)
	)
	found = {}
	for row in query.run(as_dict=True):
		found.setdefault(row["item"], row)
	return list(found.values())[:most]


def best_of(pairs: pd.DataFrame, customers, until: date, at_once: int = 1000) -> pd.DataFrame:
	"""domain.baskets.next_items for the customers, a thousand of them a query."""
	customers = list(customers)
	steps = np.arange(0, len(customers), at_once)
	found = [baskets.next_items(pairs, owned(customers[at : at + at_once], until)) for at in steps]
	return pd.concat(found) if found else pd.DataFrame(columns=["left", "right", "confidence"])
