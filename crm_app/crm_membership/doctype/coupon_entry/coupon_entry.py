import frappe
from frappe.model.document import Document

from crm_app.utils.engine_only import EngineOnly


class CouponEntry(EngineOnly, Document):
	pass


def on_doctype_update():
	"""Counts per template and kind come from the index alone."""
	fields = ["template", "kind", "posting_date", "customer"]
	frappe.db.add_index("Coupon Entry", fields, "crm_coupon_entry_sums")
