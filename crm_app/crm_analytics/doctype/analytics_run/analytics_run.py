import frappe
from frappe import _
from frappe.model.document import Document


class AnalyticsRun(Document):
	"""One refresh of the scores, with the place where it goes on after a stop or a kill."""

	def on_trash(self):
		if self.status == "Running" and not self.stop_requested:
			frappe.throw(_("Stop the refresh before deleting it"), title=_("Analytics Run"))
