from frappe.model.document import Document


class CRMEmployee(Document):
	pass
