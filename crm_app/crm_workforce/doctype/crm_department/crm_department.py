from frappe.model.document import Document


class CRMDepartment(Document):
	pass
