from frappe.model.document import Document


class CRMBudgetEntry(Document):
	pass
