from frappe.model.document import Document


class CRMCustomerLifecycleHistory(Document):
	pass
