from frappe.model.document import Document


class MemberCard(Document):
	pass
