from frappe.model.document import Document


class CRMCampaignChannel(Document):
	pass
