from frappe.model.document import Document


class CRMEmployeeSkill(Document):
	pass
