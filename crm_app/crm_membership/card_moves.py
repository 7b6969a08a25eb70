"""Balances follow their holder: from a replaced card to the new one, from a merged card to the other."""

import frappe

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


def change_holder(card: str, customer: str) -> None:
	"""The card's ledger belongs to another customer now, as after a merge of two customers."""
	frappe.db.set_value("Member Account", card, "customer", customer)
	for doctype in ("Member Lot", "Member Ledger Entry", "Member Earning"):
		frappe.db.set_value(doctype, {"account": card}, "customer", customer, update_modified=False)
