"""A sale of a till taken back whole: points, stored value and coupons go where they came from."""

from datetime import datetime

import frappe

from crm_app.crm_membership import coupons, ledger
from crm_app.crm_membership.domain import errors
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.till import answers, members
from crm_app.crm_membership.till.outcome import Outcome
from crm_app.crm_sales.sale_rows import ITEM, TRANSACTION
from crm_app.utils.money import to_decimal

HEADER = ["name", "docstatus", "transaction_type", "customer", "member_card", "store", "amount"]


def find(till, call: dict):
	"""The header of the sale that the call means: of a member, made in the till's store. Raises Refused."""
	name = call.get("sale") or sale_of_key(till, call["of_key"])
	row = frappe.db.get_value(TRANSACTION, name, HEADER, as_dict=True) if name else None
	if not row or row.docstatus == 0 or row.transaction_type != "Sale" or not row.member_card:
		raise Refused(errors.SALE_UNKNOWN, call.get("sale") or call["of_key"], field="sale")
	if row.store != till.store:
		raise Refused(errors.SALE_OTHER_TILL, row.name, field="sale")
	return row


def cancel(till, call: dict, now: datetime) -> Outcome:
	row = find(till, call)
	check_open(row.name)
	ledger.lock(row.member_card)  # after the sale's own row, as a submit or cancel in the desk has them
	coupons.release(TRANSACTION, row.name, call.get("reason"))
	sale = frappe.get_doc(TRANSACTION, row.name)
	sale.flags.ignore_permissions = True  # the till may take its own sales back and nothing else
	sale.cancel()
	member = members.by_card({"card": row.member_card})
	data = answers.shown(member) | {
		"sale": row.name,
		"balances": answers.balances(ledger.balance(row.member_card)),
	}
	return Outcome(data, row.name, row.customer, row.member_card, -to_decimal(row.amount))


def sale_of_key(till, key: str) -> str | None:
	return frappe.db.get_value("Till Call", {"name": f"{till.name}|{key}", "method": "commit"}, "sale")


def check_open(sale: str) -> None:
	check_not_cancelled(sale)
	lines = {"parent": sale, "parenttype": TRANSACTION}
	returned = frappe.db.get_values(ITEM, lines, "returned_qty", for_update=True)
	if any(row[0] for row in returned):
		raise Refused(errors.SALE_HAS_RETURNS, sale, field="sale")


def check_not_cancelled(sale: str) -> None:
	"""Takes the lock on the sale: two cancellations of one sale, or a return at the same moment."""
	if frappe.db.get_value(TRANSACTION, sale, "docstatus", for_update=True) == 2:
		raise Refused(errors.SALE_CANCELLED, sale, field="sale")
