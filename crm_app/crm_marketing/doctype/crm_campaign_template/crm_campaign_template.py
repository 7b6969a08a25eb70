from frappe.model.document import Document

from crm_app.crm_marketing.segments import checked_rules


class CRMCampaignTemplate(Document):
	def validate(self):
		checked_rules(self)
