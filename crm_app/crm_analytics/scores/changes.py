"""Whose scores may have changed: sales written, cancelled or moved, customers merged or erased."""

from datetime import datetime

import frappe


def changed_customers(since: datetime) -> list[str]:
	"""Names of all that changed at or after the moment, ascending; more than necessary does no harm.

	A cancelled, corrected or moved sale carries the time of that; the customer who took over the sales of
	another one is found by those sales, the other one by its own record.
	"""
	tx, customer = frappe.qb.DocType("CRM Transaction"), frappe.qb.DocType("CRM Customer")
	sales = frappe.qb.from_(tx).select(tx.customer).distinct().where(tx.modified >= since)
	edited = frappe.qb.from_(customer).select(customer.name).where(customer.modified >= since)
	return sorted({name for query in (sales, edited) for (name,) in query.run() if name})
