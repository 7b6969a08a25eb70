"""What the desk's buttons on a member card call; each answers with the card, which the desk then shows."""

import frappe
from frappe import _
from frappe.utils import get_url_to_form

from crm_app.utils.actions import stored


def _move(doc: str | dict, method: str) -> dict:
	card = stored(doc, "Member Card", "write")
	getattr(card, method)()
	return card.as_dict()


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
	return card.as_dict()
