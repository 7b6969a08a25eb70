"""Returns against their sale, safe against two at the same moment.

The lines of a sale carry what came back. They are read and written only while the sale's row is locked: the
second of two returns sees the first, and no return ever waits for another one's row.
"""

from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import getdate

from crm_app.crm_sales.domain.returns import Moved, by_item, check_return, spread
from crm_app.crm_sales.domain.transaction import RETURN, check_and_total
from crm_app.utils.telling import telling

HEADER = ["name", "docstatus", "transaction_type", "customer", "posting_date"]
FROM_SALE = ["store", "channel", "currency", "member_card"]
LINE = ["name", "idx", "item_code", "qty", "amount", "returned_qty", "returned_amount"]


def is_return(doc) -> bool:
	return doc.transaction_type == RETURN and bool(doc.return_against)


def fill_in_from_sale(doc) -> None:
	"""A return belongs to the store, currency and card of its sale unless it says otherwise."""
	sale = frappe.db.get_value("CRM Transaction", doc.return_against, FROM_SALE, as_dict=True) or {}
	for fieldname, value in sale.items():
		doc.set(fieldname, doc.get(fieldname) or value)


def check_against_sale(doc, locked: bool = False) -> None:
	"""Throws when the return takes back what was not sold or has come back already."""
	sale = frappe.db.get_value("CRM Transaction", doc.return_against, HEADER, as_dict=True, for_update=locked)
	check_sale(doc, sale)
	lines = lines_of(doc.return_against, locked)
	with telling(_("Check the return")):
		check_return(by_item(lines), returned(lines), wanted(doc))


def check_sale(doc, sale) -> None:
	if not sale or sale.docstatus != 1 or sale.transaction_type == RETURN:
		frappe.throw(_("Return Against: {0} is not a submitted sale.").format(doc.return_against))
	if sale.customer != doc.customer:
		frappe.throw(_("Return Against: {0} was sold to another customer.").format(doc.return_against))
	if getdate(doc.posting_date) < getdate(sale.posting_date):
		frappe.throw(_("Date: the return lies before its sale of {0}.").format(sale.posting_date))


def lines_of(sale: str, locked: bool = False) -> list[dict]:
	"""Lines of a sale; a locking read sees past the transaction's snapshot."""
	filters = {"parent": sale, "parenttype": "CRM Transaction"}
	rows = frappe.db.get_values("CRM Transaction Item", filters, LINE, as_dict=True, for_update=locked)
	return sorted(rows, key=lambda row: row.idx)


def returned(lines: list[dict]) -> dict[str, Moved]:
	return by_item(
		{"item_code": line.item_code, "qty": line.returned_qty, "amount": line.returned_amount}
		for line in lines
	)


def wanted(doc) -> dict[str, Moved]:
	header = {"transaction_type": RETURN, "posting_date": getdate(doc.posting_date)}
	rows = [row.as_dict() for row in doc.items]
	totals = check_and_total(header, rows)
	return by_item(
		{"item_code": row["item_code"], "qty": line.qty, "amount": line.amount}
		for row, line in zip(rows, totals.lines, strict=True)
	)


def book(doc, sign: int) -> None:
	"""Adds the return to the lines of its sale (sign 1), or takes it off again (-1)."""
	frappe.db.get_value("CRM Transaction", doc.return_against, "name", for_update=True)
	lines = lines_of(doc.return_against, locked=True)
	before = returned(lines)
	for item, moved in wanted(doc).items():
		mine = [line for line in lines if line.item_code == item]
		quantities = spread(before[item].qty + sign * moved.qty, [line.qty for line in mine])
		amounts = spread(before[item].amount + sign * moved.amount, [line.amount for line in mine])
		for line, quantity, amount in zip(mine, quantities, amounts, strict=True):
			set_returned(line.name, quantity, amount)


def set_returned(line: str, quantity: Decimal, amount: Decimal) -> None:
	values = {"returned_qty": float(quantity), "returned_amount": float(amount)}
	frappe.db.set_value("CRM Transaction Item", line, values, update_modified=False)


def refuse_cancel_with_returns(doc) -> None:
	if not any(line.returned_qty for line in lines_of(doc.name, locked=True)):
		return
	filters = {"return_against": doc.name, "docstatus": 1}
	found = frappe.get_all("CRM Transaction", filters, pluck="name")
	frappe.throw(
		_("Cancel the returns first: {0}").format(", ".join(found)),
		exc=frappe.LinkExistsError,
		title=_("Returns exist"),
	)
