from frappe.model.document import Document


class CRMExpenseCategory(Document):
	pass
