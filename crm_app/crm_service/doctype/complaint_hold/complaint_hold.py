from frappe.model.document import Document


class ComplaintHold(Document):
	pass
