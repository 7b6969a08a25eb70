"""What customers bought, summed in the database over the covering index of CRM Transaction."""

from collections.abc import Sequence
from datetime import date, timedelta

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Max, Min, Sum
from frappe.utils import getdate

from crm_app.crm_customers.domain.standing import HALF_YEAR, PurchaseFacts
from crm_app.utils.money import round_money


def purchase_facts(
	as_of: date, window_days: int, customers: Sequence[str] | None = None
) -> dict[str, PurchaseFacts]:
	"""Facts per customer with at least one submitted sale; all customers when `customers` is None."""
	tx = frappe.qb.DocType("CRM Transaction")
	sale = tx.transaction_type == "Sale"
	window = tx.posting_date > as_of - timedelta(days=window_days)
	recent = tx.posting_date > as_of - HALF_YEAR
	earlier = (tx.posting_date > as_of - 2 * HALF_YEAR) & (tx.posting_date <= as_of - HALF_YEAR)
	query = (
		frappe.qb.from_(tx)
		.select(
			tx.customer,
			Min(_when(sale, tx.posting_date, None)).as_("first_on"),
			Max(_when(sale, tx.posting_date, None)).as_("last_on"),
			Sum(_when(sale, 1)).as_("orders"),
			Sum(_when(sale & window, 1)).as_("window_orders"),
			Sum(_when(window, tx.amount)).as_("window_amount"),
			Sum(_when(recent, tx.amount)).as_("recent_amount"),
			Sum(_when(earlier, tx.amount)).as_("earlier_amount"),
		)
		.where((tx.docstatus == 1) & (tx.posting_date <= as_of))
		.groupby(tx.customer)
	)
	if customers is not None:
		query = query.where(tx.customer.isin(list(customers)))
	rows = query.run(as_dict=True)
	return {row.customer: _facts(as_of, row) for row in rows if row.orders}


def _when(condition, value, otherwise=0):
	return Case().when(condition, value).else_(otherwise)


def _facts(as_of: date, row) -> PurchaseFacts:
	return PurchaseFacts(
		as_of=as_of,
		first_on=getdate(row.first_on),
		last_on=getdate(row.last_on),
		orders=int(row.orders),
		window_orders=int(row.window_orders),
		window_amount=round_money(row.window_amount),
		recent_amount=round_money(row.recent_amount),
		earlier_amount=round_money(row.earlier_amount),
	)
