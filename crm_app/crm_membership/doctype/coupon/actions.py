"""The buttons of a coupon. Its fields are nobody's to write, so the right comes from elsewhere: who makes
templates may withdraw, who settles vouchers may enter that a platform gave the money back."""

import frappe
from frappe import _

from crm_app.crm_membership import coupon_states
from crm_app.utils.actions import shown, stored
from crm_app.utils.telling import telling


@frappe.whitelist()
def void(doc: str | dict) -> dict:
	frappe.has_permission("Coupon Template", "write", throw=True)
	coupon = stored(doc, "Coupon", "read")
	with telling(_("Not possible now")):
		coupon_states.void(coupon.name)
	return shown(coupon.reload())


@frappe.whitelist()
def refund(doc: str | dict) -> dict:
	"""A group-buying voucher whose buyer got the money back from the platform."""
	frappe.has_permission("Voucher Settlement", "write", throw=True)
	coupon = stored(doc, "Coupon", "read")
	with telling(_("Not possible now")):
		coupon_states.refund(coupon.name)
	return shown(coupon.reload())
