"""Coupons of a sale that was cancelled or came back whole can be used again."""

from frappe import _

from crm_app.crm_membership import coupons
from crm_app.crm_sales.returns import is_return, lines_of
from crm_app.utils.money import to_decimal

TRANSACTION = "CRM Transaction"


def on_cancel(doc, method: str | None = None) -> None:
	coupons.release(TRANSACTION, doc.name, _("Sale cancelled"))


def on_submit(doc, method: str | None = None) -> None:
	"""The return that brings the last goods back brings the coupons back, too; cancelling it does not use
	them again."""
	if is_return(doc) and came_back(doc.return_against):
		coupons.release(TRANSACTION, doc.return_against, _("Everything returned"), returned=True)


def came_back(sale: str) -> bool:
	lines = lines_of(sale)
	return bool(lines) and all(to_decimal(line.returned_qty) >= to_decimal(line.qty) for line in lines)
