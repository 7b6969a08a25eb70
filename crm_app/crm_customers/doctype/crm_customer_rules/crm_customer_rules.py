from frappe.model.document import Document


class CRMCustomerRules(Document):
	pass
