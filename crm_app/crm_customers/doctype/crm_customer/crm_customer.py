from frappe.model.document import Document


class CRMCustomer(Document):
	pass
