from frappe.model.document import Document


class CRMEmployeeCertificate(Document):
	pass
