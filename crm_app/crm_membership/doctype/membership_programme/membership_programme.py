from frappe.model.document import Document


class MembershipProgramme(Document):
	pass
