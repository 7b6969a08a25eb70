import frappe
from frappe.model.document import Document

from crm_app.utils.engine_only import EngineOnly


class Coupon(EngineOnly, Document):
	pass


def on_doctype_update():
	"""A customer's coupons, a template's, and what is due at night."""
	frappe.db.add_index("Coupon", ["customer", "status_category"], "crm_coupon_customer")
	frappe.db.add_index("Coupon", ["status_category", "valid_until"], "crm_coupon_due")
	frappe.db.add_index("Coupon", ["batch", "customer"], "crm_coupon_batch")
