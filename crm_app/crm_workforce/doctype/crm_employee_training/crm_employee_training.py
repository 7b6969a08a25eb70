from frappe.model.document import Document


class CRMEmployeeTraining(Document):
	pass
