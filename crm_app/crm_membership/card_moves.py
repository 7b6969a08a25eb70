"""Balances and fees follow their holder: from a replaced card to the new, from a merged one to the other."""

import frappe
from frappe.utils import getdate

from crm_app.crm_membership import ledger
from crm_app.crm_membership.ledger import Voucher


def move_all(old: str, new: str, reason: str | None = None) -> None:
	"""Everything on card `old` goes to card `new`, by transfer rows; later postings for `old` go there too.

	Lots keep their last day and their place in the spend order. A second call changes nothing.
	"""
	if old not in ledger.lock(old, new):
		return  # moved already: its lock was another account's
	paper = Voucher("Member Card", new, reason=reason)
	with (
		ledger.posting(old, f"move|{old}|{new}|out", paper) as source,
		ledger.posting(new, f"move|{old}|{new}|in", paper) as target,
	):
		source.move_all(target)
	frappe.db.set_value("Member Account", old, "moved_to", target.account)
	_move_fees(old, new)


def _move_fees(old: str, new: str) -> None:
	"""What is paid goes along, so that the end of a fee ends what it gave to the card that lives on.

	That card is paid for the longer of the two times, and valid where a fee of the programme carries it.
	"""
	mine = {"card": old, "docstatus": ["<", 2]}
	carried = frappe.get_all("Membership Fee", {**mine, "status_category": "Paid"}, pluck="tier")
	frappe.db.set_value("Membership Fee", mine, "card", new)
	if carried:
		_keep_later("paid_until", old, new)
	if not all(carried):
		_keep_later("valid_until", old, new)


def _keep_later(fieldname: str, old: str, new: str) -> None:
	there, here = (frappe.db.get_value("Member Card", name, fieldname) for name in (old, new))
	endless = fieldname == "valid_until" and not here
	if there and not endless and (not here or getdate(there) > getdate(here)):
		frappe.db.set_value("Member Card", new, fieldname, there)


def change_holder(card: str, customer: str) -> None:
	"""The card's ledger belongs to another customer now, as after a merge of two customers."""
	frappe.db.set_value("Member Account", card, "customer", customer)
	for doctype in ("Member Lot", "Member Ledger Entry", "Member Earning"):
		frappe.db.set_value(doctype, {"account": card}, "customer", customer, update_modified=False)
