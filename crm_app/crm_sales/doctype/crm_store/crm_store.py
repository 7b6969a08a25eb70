from frappe.model.document import Document


class CRMStore(Document):
	pass
