from frappe.model.document import Document


class CRMCampaignTemplate(Document):
	pass
