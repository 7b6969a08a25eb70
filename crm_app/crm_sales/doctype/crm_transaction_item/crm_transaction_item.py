from frappe.model.document import Document


class CRMTransactionItem(Document):
	pass
