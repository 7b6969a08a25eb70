from frappe.model.document import Document


class CRMShippedDifference(Document):
	"""One property of a shipped record: as installed, now, newly shipped."""
