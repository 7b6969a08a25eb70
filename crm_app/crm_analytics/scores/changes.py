"""Whose scores may have changed: sales written, cancelled or moved, customers merged or erased."""

from datetime import datetime

import frappe

MOST_ROWS = 200_000  # of changed sales, above which the database is left to tell who they belong to


def changed_customers(since: datetime) -> list[str]:
	"""Names of all that changed at or after the moment, ascending; more than necessary does no harm.

	A cancelled, corrected or moved sale carries the time of that; the customer who took over the sales of
	another one is found by those sales, the other one by its own record.
	"""
	customer = frappe.qb.DocType("CRM Customer")
	edited = frappe.qb.from_(customer).select(customer.name).where(customer.modified >= since)
	return sorted(_buyers(since) | {name for (name,) in edited.run()})


def _buyers(since: datetime) -> set[str]:
	"""DISTINCT alone would tempt the database to walk all sales in the order of customers."""
	tx = frappe.qb.DocType("CRM Transaction")
	changed = frappe.qb.from_(tx).select(tx.customer).where(tx.modified >= since)
	rows = changed.orderby(tx.modified).limit(MOST_ROWS).run()
	if len(rows) == MOST_ROWS:
		rows = changed.distinct().run()
	return {name for (name,) in rows if name}
