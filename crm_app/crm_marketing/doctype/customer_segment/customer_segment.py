from frappe.model.document import Document


class CustomerSegment(Document):
	pass
