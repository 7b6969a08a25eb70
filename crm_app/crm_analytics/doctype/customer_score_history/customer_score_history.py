import frappe
from frappe.model.document import Document


class CustomerScoreHistory(Document):
	"""What a month end said about a customer; written by a refresh."""


def on_doctype_update():
	"""Two month ends are joined, and a trend is grouped, from the index alone."""
	fields = ["as_of", "customer", "segment", "expected_value", "churn_probability"]
	frappe.db.add_index("Customer Score History", fields, "score_history_by_day")
