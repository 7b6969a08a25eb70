from frappe.model.document import Document


class MembershipTier(Document):
	pass
