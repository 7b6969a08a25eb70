from frappe.model.document import Document


class CRMCustomerGradeHistory(Document):
	pass
