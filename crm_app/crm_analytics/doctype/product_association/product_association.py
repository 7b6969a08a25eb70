from frappe.model.document import Document


class ProductAssociation(Document):
	"""A rule "who buys the left takes the right", written by the refresh of the scores, never by hand."""
