from frappe.model.document import Document

from crm_app.crm_service.alerts import alert_name


class ComplaintAlert(Document):
	def autoname(self):
		"""The name is the key that lets each level of a promise be announced once."""
		self.name = alert_name(self.complaint, self.target, self.percent)
