from frappe.model.document import Document


class ComplaintAction(Document):
	pass
