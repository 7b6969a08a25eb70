from frappe.model.document import Document


class CRMImportError(Document):
	pass
