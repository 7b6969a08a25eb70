"""The buttons of a coupon."""

import frappe
from frappe import _

from crm_app.crm_membership import coupon_states
from crm_app.utils.actions import stored
from crm_app.utils.telling import telling


@frappe.whitelist()
def void(doc: str | dict) -> dict:
	coupon = stored(doc, "Coupon")
	with telling(_("Not possible now")):
		coupon_states.void(coupon.name)
	return coupon.reload().as_dict()


@frappe.whitelist()
def refund(doc: str | dict) -> dict:
	"""A group-buying voucher whose buyer got the money back from the platform."""
	coupon = stored(doc, "Coupon")
	with telling(_("Not possible now")):
		coupon_states.refund(coupon.name)
	return coupon.reload().as_dict()
