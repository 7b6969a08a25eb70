from frappe.model.document import Document


class CRMInteraction(Document):
	pass
