from frappe.model.document import Document


class CRMBudgetLine(Document):
	pass
