from frappe.model.document import Document


class CRMImportRow(Document):
	pass
