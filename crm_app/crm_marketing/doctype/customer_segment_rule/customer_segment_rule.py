from frappe.model.document import Document


class CustomerSegmentRule(Document):
	pass
