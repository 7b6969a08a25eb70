from frappe.model.document import Document


class CRMEmployeeAssignment(Document):
	pass
