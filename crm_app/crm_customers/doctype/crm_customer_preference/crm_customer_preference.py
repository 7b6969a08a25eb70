from frappe.model.document import Document


class CRMCustomerPreference(Document):
	pass
