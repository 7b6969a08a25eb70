"""What the desk's buttons on a member card call; each answers with the card, which the desk then shows."""

import frappe
from frappe import _
from frappe.utils import get_url_to_form

from crm_app.crm_membership.doctype.membership_fee.actions import draft
from crm_app.utils.actions import shown, stored


def _move(doc: str | dict, method: str) -> dict:
	card = stored(doc, "Member Card", "write")
	getattr(card, method)()
	return shown(card)


@frappe.whitelist()
def activate(doc: str | dict) -> dict:
	return _move(doc, "activate")


@frappe.whitelist()
def suspend(doc: str | dict) -> dict:
	return _move(doc, "suspend")


@frappe.whitelist()
def report_lost(doc: str | dict) -> dict:
	return _move(doc, "report_lost")


@frappe.whitelist()
def renew(doc: str | dict) -> dict:
	return _move(doc, "renew")


@frappe.whitelist()
def expire(doc: str | dict) -> dict:
	return _move(doc, "expire")


@frappe.whitelist()
def replace(doc: str | dict) -> dict:
	card = stored(doc, "Member Card", "write")
	new = card.replace()
	link = f'<a href="{get_url_to_form("Member Card", new.name)}">{new.name}</a>'
	frappe.msgprint(_("The new card is {0}.").format(link))
	return shown(card)


@frappe.whitelist()
def merge(doc: str | dict) -> dict:
	"""Into the card that the form names; its reason goes into the history."""
	card = stored(doc, "Member Card", "write")
	if not card.merge_into or not (card.merge_reason or "").strip():
		frappe.throw(_("Say into which card and why, and save; then merge."), title=_("Merge"))
	card.merge(card.merge_into, card.merge_reason.strip())
	frappe.msgprint(_("The balances are on card {0} now.").format(card.merge_into), alert=True)
	return shown(card)


@frappe.whitelist()
def take_fee(doc: str | dict) -> dict:
	card = stored(doc, "Member Card", "read")
	frappe.has_permission("Membership Fee", "create", throw=True)
	draft(card.name)
	return shown(card)


@frappe.whitelist()
def print_card(doc: str | dict) -> dict:
	card = stored(doc, "Member Card", "print")
	link = f'<a href="/member_card?name={card.name}" target="_blank">{card.name}</a>'
	frappe.msgprint(_("The card to print: {0}").format(link))
	return shown(card)
