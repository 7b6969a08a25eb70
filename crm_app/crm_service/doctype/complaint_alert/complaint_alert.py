from frappe.model.document import Document


class ComplaintAlert(Document):
	pass
