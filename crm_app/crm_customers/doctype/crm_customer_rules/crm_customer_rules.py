import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt


class CRMCustomerRules(Document):
	def validate(self):
		self.check_order("potential_amount", "vip_amount", flt)
		self.check_order("growth_orders", "mature_orders", cint)
		self.check_order("decline_days", "terminated_days", cint)
		if flt(self.decline_percent) > 100:
			frappe.throw(_("{0}: at most 100.").format(_(self.meta.get_label("decline_percent"))))

	def check_order(self, lower: str, upper: str, number):
		"""0 switches a line off."""
		low, high = number(self.get(lower)), number(self.get(upper))
		if low and high and low > high:
			labels = [_(self.meta.get_label(name)) for name in (lower, upper)]
			frappe.throw(_("{0} ({1}) must not exceed {2} ({3}).").format(labels[0], low, labels[1], high))
