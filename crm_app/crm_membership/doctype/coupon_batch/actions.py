"""The buttons of a coupon batch."""

import frappe
from frappe import _

from crm_app.crm_membership import coupon_states
from crm_app.utils.actions import shown, stored

TIMEOUT = 6 * 3600


@frappe.whitelist()
def issue(doc: str | dict) -> dict:
	"""Begin, or go on after a stop, a failure or a kill; the work itself happens in the background."""
	batch = stored(doc, "Coupon Batch")
	if batch.status_category == "Completed":
		frappe.throw(_("{0} is complete already").format(batch.name), title=_("Coupon Batch"))
	if not frappe.db.get_value("Coupon Template", batch.template, "enabled"):
		frappe.throw(_("{0} is switched off.").format(batch.template), title=_("Coupon Batch"))
	frappe.db.set_value("Coupon Batch", batch.name, {"status_category": "Queued", "stop_requested": 0})
	frappe.enqueue(
		"crm_app.crm_membership.coupon_batches.run",
		queue="long",
		timeout=TIMEOUT,
		enqueue_after_commit=True,
		name=batch.name,
	)
	frappe.msgprint(_("The coupons are made in the background; open the batch again to see how far it is."))
	return shown(batch.reload())


@frappe.whitelist()
def stop(doc: str | dict) -> dict:
	batch = stored(doc, "Coupon Batch")
	if batch.status_category not in ("Queued", "Running"):
		frappe.throw(_("{0} is not running").format(batch.name), title=_("Coupon Batch"))
	frappe.db.set_value("Coupon Batch", batch.name, "stop_requested", 1)
	return shown(batch.reload())


@frappe.whitelist()
def hand_out(doc: str | dict) -> dict:
	"""The printed codes have left the house: from now on they can be used."""
	frappe.has_permission("Coupon Template", "write", throw=True)
	batch = stored(doc, "Coupon Batch")
	number = coupon_states.hand_out(batch.name)
	frappe.msgprint(_("{0} coupons can be used now.").format(number), alert=True)
	return shown(batch.reload())


@frappe.whitelist()
def void(doc: str | dict) -> dict:
	"""Withdraws every coupon of the batch that was not used."""
	frappe.has_permission("Coupon Template", "write", throw=True)
	batch = stored(doc, "Coupon Batch")
	number = coupon_states.void_batch(batch.name)
	frappe.msgprint(_("{0} coupons were withdrawn.").format(number), alert=True)
	return shown(batch.reload())
