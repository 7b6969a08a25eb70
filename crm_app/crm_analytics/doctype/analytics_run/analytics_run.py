import frappe
from frappe import _
from frappe.model.document import Document

from crm_app.crm_analytics.scores.facts import in_words

TOLD = ("reason", "message")


class AnalyticsRun(Document):
	"""One refresh of the scores, with the place where it goes on after a stop or a kill."""

	def onload(self):
		self.update({name: in_words(self.get(name)) for name in TOLD})

	def on_trash(self):
		if self.status == "Running" and not self.stop_requested:
			frappe.throw(_("Stop the refresh before deleting it"), title=_("Analytics Run"))
