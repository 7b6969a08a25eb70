from frappe.model.document import Document


class CRMBudgetBalance(Document):
	pass
