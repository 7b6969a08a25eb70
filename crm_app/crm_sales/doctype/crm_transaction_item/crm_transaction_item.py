import frappe
from frappe.model.document import Document


class CRMTransactionItem(Document):
	pass


def on_doctype_update():
	"""Sums and repurchases of items and categories read the lines of each sale from one index alone."""
	fields = ["parent", "item_code", "item_name", "category", "amount"]
	frappe.db.add_index("CRM Transaction Item", fields, "crm_transaction_lines")
