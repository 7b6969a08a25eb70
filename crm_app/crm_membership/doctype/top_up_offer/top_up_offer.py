import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate

from crm_app.utils.money import round_money


class TopupOffer(Document):
	def validate(self):
		self.check_amounts()
		self.check_period()

	def check_amounts(self):
		for fieldname in ("pay_amount", "bonus_amount"):
			self.set(fieldname, float(round_money(self.get(fieldname))))
			if flt(self.get(fieldname)) <= 0:
				label = _(self.meta.get_label(fieldname))
				frappe.throw(_("{0}: the amount {1} must be above 0.").format(label, self.get(fieldname)))

	def check_period(self):
		if self.starts_on and self.ends_on and getdate(self.ends_on) < getdate(self.starts_on):
			frappe.throw(_("Ends On: {0} lies before the start.").format(self.ends_on))
