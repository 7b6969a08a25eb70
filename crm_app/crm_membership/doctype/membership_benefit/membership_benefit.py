from frappe.model.document import Document


class MembershipBenefit(Document):
	pass
