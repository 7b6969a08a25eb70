from frappe.model.document import Document


class CRMCustomerRelation(Document):
	pass
