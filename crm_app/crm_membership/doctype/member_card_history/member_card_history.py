from frappe.model.document import Document


class MemberCardHistory(Document):
	pass
