from frappe.model.document import Document


class CRMCustomerConsent(Document):
	pass
