"""Returns against their sale, safe against two at the same moment."""

import frappe
from frappe import _
from frappe.utils import getdate

from crm_app.crm_sales.domain.returns import by_item, check_return
from crm_app.crm_sales.domain.transaction import RETURN, check_and_total
from crm_app.utils.telling import telling

HEADER = ["name", "docstatus", "transaction_type", "customer", "posting_date"]
FROM_SALE = ["store", "channel", "currency", "member_card"]


def check_return_quantities(doc, locked: bool = True) -> None:
	"""Throws when `doc` takes back what was not sold or has come back already.

	`locked` holds the sale's row until the transaction ends and reads past the snapshot: the second of
	two returns sees the first one.
	"""
	if doc.transaction_type != RETURN or not doc.return_against:
		return
	sale = frappe.db.get_value("CRM Transaction", doc.return_against, HEADER, as_dict=True, for_update=locked)
	check_sale(doc, sale)
	returns = returns_of(doc.return_against, locked)
	header = {"transaction_type": RETURN, "posting_date": getdate(doc.posting_date)}
	rows = [row.as_dict() for row in doc.items]
	with telling(_("Check the return")):
		totals = check_and_total(header, rows)
		wanted = [
			{"item_code": row["item_code"], "qty": line.qty, "amount": line.amount}
			for row, line in zip(rows, totals.lines, strict=True)
		]
		check_return(
			by_item(lines_of([doc.return_against], locked)),
			by_item(lines_of(returns, locked)),
			by_item(wanted),
		)


def fill_in_from_sale(doc) -> None:
	"""A return belongs to the store, currency and card of its sale unless it says otherwise."""
	sale = frappe.db.get_value("CRM Transaction", doc.return_against, FROM_SALE, as_dict=True) or {}
	for fieldname, value in sale.items():
		doc.set(fieldname, doc.get(fieldname) or value)


def check_sale(doc, sale) -> None:
	if not sale or sale.docstatus != 1 or sale.transaction_type == RETURN:
		frappe.throw(_("Return Against: {0} is not a submitted sale.").format(doc.return_against))
	if sale.customer != doc.customer:
		frappe.throw(_("Return Against: {0} was sold to another customer.").format(doc.return_against))
	if getdate(doc.posting_date) < getdate(sale.posting_date):
		frappe.throw(_("Date: the return lies before its sale of {0}.").format(sale.posting_date))


def returns_of(sale: str, locked: bool = False) -> list[str]:
	"""Names of the submitted returns against `sale`."""
	filters = {"return_against": sale, "docstatus": 1}
	rows = frappe.db.get_values("CRM Transaction", filters, "name", for_update=locked)
	return [row[0] for row in rows]


def lines_of(transactions: list[str], locked: bool = False) -> list[dict]:
	if not transactions:
		return []
	filters = {"parent": ["in", transactions], "parenttype": "CRM Transaction"}
	fields = ["item_code", "qty", "amount"]
	return frappe.db.get_values("CRM Transaction Item", filters, fields, as_dict=True, for_update=locked)


def refuse_cancel_with_returns(doc) -> None:
	if found := returns_of(doc.name, locked=True):
		frappe.throw(
			_("Cancel the returns first: {0}").format(", ".join(found)),
			exc=frappe.LinkExistsError,
			title=_("Returns exist"),
		)
