import frappe
from frappe import _
from frappe.model.document import Document


class CRMOperationLog(Document):
	"""Append-only, for everybody: also an administrator can only add to it, by doing something."""

	def validate(self):
		if not self.is_new():
			frappe.throw(_("The operation log cannot be changed"), frappe.PermissionError)

	def on_trash(self):
		frappe.throw(_("The operation log cannot be deleted"), frappe.PermissionError)

	def before_rename(self, old, new, merge=False):
		frappe.throw(_("The operation log cannot be changed"), frappe.PermissionError)
