from frappe.model.document import Document


class AnalyticsModel(Document):
	"""One fitted part of a version: all that scoring needs to know about the other customers."""

	def autoname(self):
		self.name = f"{self.kind} {self.version}"
