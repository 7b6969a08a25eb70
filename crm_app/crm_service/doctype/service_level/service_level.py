from frappe.model.document import Document


class ServiceLevel(Document):
	pass
