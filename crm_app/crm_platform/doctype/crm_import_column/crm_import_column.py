from frappe.model.document import Document


class CRMImportColumn(Document):
	pass
