import frappe
from frappe import _
from frappe.model.document import Document


class TillCall(Document):
	"""Written by the till interface alone (crm_membership.till.calls), row by row, never through a form."""

	def before_validate(self):
		refuse()

	def before_rename(self, *args, **kwargs):
		refuse()

	def on_trash(self):
		refuse()


def refuse() -> None:
	frappe.throw(
		_("Till calls are written by the tills only."), frappe.PermissionError, title=_("Not Editable Now")
	)
