import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from crm_app.crm_membership import rule_conditions
from crm_app.crm_membership.domain.earning import LINES, MULTIPLIER

LINE_KINDS = ("Item", "Category", "Except Item", "Except Category")


class EarnRule(Document):
	def validate(self):
		rule_conditions.check(self)
		self.check_value()
		self.check_scope()

	def on_trash(self):
		"""Past earnings name the rule; one that gave points is switched off instead."""
		if frappe.db.exists("Member Earning", {"rules": ["like", f'%"{self.name}"%']}):
			frappe.throw(_("{0} has given points. Switch it off instead.").format(self.name))

	def check_value(self):
		if self.effect != MULTIPLIER and not flt(self.value):
			frappe.throw(_("Value: 0 gives no points."))
		if self.effect == MULTIPLIER and flt(self.value) == 1:
			frappe.throw(_("Value: a multiplier of 1 changes nothing."))

	def check_scope(self):
		if self.scope == LINES and not any(row.kind in LINE_KINDS for row in self.conditions):
			frappe.throw(_("Calculated on: name the items or categories that Matching Lines are about."))
