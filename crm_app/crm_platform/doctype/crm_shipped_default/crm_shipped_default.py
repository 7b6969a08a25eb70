from frappe.model.document import Document


class CRMShippedDefault(Document):
	pass
