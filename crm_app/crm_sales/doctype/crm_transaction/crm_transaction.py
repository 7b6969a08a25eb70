from frappe.model.document import Document


class CRMTransaction(Document):
	pass
