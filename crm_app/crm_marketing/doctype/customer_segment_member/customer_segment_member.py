from frappe.model.document import Document


class CustomerSegmentMember(Document):
	pass
