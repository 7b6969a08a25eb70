from frappe.model.document import Document

from crm_app.crm_analytics.scores.wording import reasons_of


class CustomerScore(Document):
	"""The latest scores of a customer; written in bulk by a refresh, never by hand."""

	@property
	def reasons_in_words(self) -> str:
		return "\n".join(reasons_of(self))
