from frappe.model.document import Document


class MembershipCondition(Document):
	pass
