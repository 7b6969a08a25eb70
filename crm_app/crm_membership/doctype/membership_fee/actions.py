"""The buttons of a membership fee."""

import frappe
from frappe import _
from frappe.utils import get_url_to_form

from crm_app.crm_membership import fees
from crm_app.customising.mandatory import forgive_custom
from crm_app.utils.actions import shown, stored


@frappe.whitelist()
def renew(doc: str | dict) -> dict:
	"""A draft for the time that follows, to be submitted when it is paid."""
	fee = stored(doc, fees.FEE, "read")
	frappe.has_permission(fees.FEE, "create", throw=True)
	draft(fee.card, fee.tier)
	return shown(fee)


@frappe.whitelist()
def refund_unused(doc: str | dict) -> dict:
	fee = stored(doc, fees.FEE, "cancel")
	fees.refund_unused(fee)
	return shown(fee.reload())


def draft(card: str, tier: str | None = None):
	"""Inserts a fee, or finds the draft that is there, and shows a link to it."""
	name = frappe.db.get_value(fees.FEE, {"card": card, "docstatus": 0, "tier": tier or ["is", "not set"]})
	found = frappe.get_doc(fees.FEE, name) if name else None
	if not found:
		found = frappe.get_doc({"doctype": fees.FEE, "card": card, "tier": tier})
		forgive_custom(found)
		found.insert()
	link = f'<a href="{get_url_to_form(fees.FEE, found.name)}">{found.name}</a>'
	frappe.msgprint(_("Submit {0} when it is paid.").format(link))
	return found
