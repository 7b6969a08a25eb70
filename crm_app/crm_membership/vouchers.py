"""Group-buying vouchers that the till sees before the platform's list does."""

import frappe
from frappe.utils import cint, nowdate

from crm_app.crm_membership import coupon_rows
from crm_app.crm_membership.coupon_terms import TEMPLATE, validity
from crm_app.crm_membership.domain import coupon_code, errors
from crm_app.crm_membership.domain.errors import Refused

LONGEST = 36


def take(template: str, text: str) -> str:
	"""The coupon for the platform's code `text`, made now where the platform accepts unlisted codes.

	A code is entered once: of two tills the second finds the coupon of the first. Raises Refused.
	"""
	deal = frappe.get_cached_doc(TEMPLATE, template)
	if not deal.platform:
		raise Refused(errors.COUPON_NO_VOUCHER, template, field="voucher")
	platform = frappe.get_cached_doc("Voucher Platform", deal.platform)
	foreign = coupon_code.clean(text)
	code = platform.prefix + foreign
	if frappe.db.exists(coupon_rows.COUPON, code):
		return code
	proper = foreign.isascii() and foreign.isalnum() and len(foreign) <= LONGEST
	if not (cint(platform.enabled) and cint(platform.accept_unlisted) and proper):
		raise Refused(errors.COUPON_UNKNOWN, text, field="voucher")
	_enter(deal, code, foreign)
	return code


def _enter(deal, code: str, foreign: str) -> None:
	start, end = validity(deal, nowdate())
	row = {
		"code": code,
		"issue_key": f"Unlisted|{code}",
		"template": deal.name,
		"valid_from": start,
		"valid_until": end,
		"use_limit": cint(deal.uses_per_coupon) or 1,
		"platform": deal.platform,
		"platform_code": foreign,
		"face_value": deal.face_value,
		"settlement_price": deal.settlement_price,
	}
	frappe.db.savepoint("voucher")
	try:
		coupon_rows.insert_coupons([row])
	except Exception:
		frappe.db.rollback(save_point="voucher")
		if not coupon_rows.lock(code, ["name"]):  # a locking read sees what another till has just entered
			raise
