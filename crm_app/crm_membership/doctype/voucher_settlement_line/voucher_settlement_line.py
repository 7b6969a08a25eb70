from frappe.model.document import Document


class VoucherSettlementLine(Document):
	pass
