from frappe.model.document import Document


class CRMCampaign(Document):
	pass
