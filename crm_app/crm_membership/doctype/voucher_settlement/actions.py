"""The button of a voucher settlement."""

import frappe
from frappe import _

from crm_app.crm_membership import settlements
from crm_app.utils.actions import shown, stored


@frappe.whitelist()
def fetch(doc: str | dict) -> dict:
	"""Fills the draft with the redeemed vouchers of its platform and period that nobody has paid yet."""
	settlement = stored(doc, "Voucher Settlement")
	if settlement.docstatus != 0:
		frappe.throw(_("Only a draft can be changed."))
	vouchers = settlements.due(settlement.platform, settlement.from_date, settlement.to_date)
	settlement.set("lines", [])
	for voucher in vouchers:
		settlement.append("lines", {"coupon": voucher.name})
	settlement.save()
	frappe.msgprint(_("{0} vouchers are to be settled.").format(len(vouchers)), alert=True)
	return shown(settlement)
