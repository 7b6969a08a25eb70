"""Transactions that came past the hooks, as an import writes them, reach the members' ledger later."""

import frappe

from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.sales_ledger import EARNING, TRANSACTION, earn

BATCH = 200  # transactions between two commits


def post_missing(limit: int = 0) -> int:
	"""Job; returns how many were posted. Sales come before returns, oldest first.

	May be stopped or killed at any point: what is committed is not found again, the rest is.
	"""
	posted, skipped = 0, set()
	while names := [name for name in _missing(BATCH + len(skipped)) if name not in skipped]:
		for name in names:
			if _post(name):
				posted += 1
			else:
				skipped.add(name)
		frappe.db.commit()
		if limit and posted >= limit:
			break
	return posted


def _missing(count: int) -> list[str]:
	sale, done = frappe.qb.DocType(TRANSACTION), frappe.qb.DocType(EARNING)
	rows = (
		frappe.qb.from_(sale)
		.left_join(done)
		.on(done.transaction == sale.name)
		.select(sale.name)
		.where(sale.docstatus == 1)
		.where(sale.member_card > "")
		.where(done.name.isnull())
		.orderby(sale.transaction_type, order=frappe.qb.desc)  # Sale, then Return
		.orderby(sale.posting_date)
		.orderby(sale.name)
		.limit(count)
		.run()
	)
	return [row[0] for row in rows]


def _post(name: str) -> bool:
	"""One that is refused, say a return of points that are spent, must not stop the others."""
	frappe.db.savepoint("post_sale")
	try:
		earn(name)
		return True
	except Refused as refused:
		frappe.db.rollback(save_point="post_sale")
		frappe.log_error(title=f"Member points of {name}", message=str(refused))
		return False
