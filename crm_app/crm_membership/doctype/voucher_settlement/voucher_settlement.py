import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate

from crm_app.crm_membership import settlements


class VoucherSettlement(Document):
	def validate(self):
		if self.from_date and self.to_date and getdate(self.from_date) > getdate(self.to_date):
			frappe.throw(_("Redeemed Until: {0} lies before the start.").format(self.to_date))
		settlements.check(self)
		settlements.price(self)

	def before_submit(self):
		if not self.lines:
			frappe.throw(_("Vouchers: is missing."), frappe.MandatoryError)
		if flt(self.difference, 2) and not (self.difference_reason or "").strip():
			paid = _("Paid by the Platform")
			frappe.throw(_("Reason of the Difference: say why {0} differs.").format(paid))
		settlements.check(self, lock=True)

	def on_submit(self):
		settlements.settle(self, paid=True)

	def on_cancel(self):
		settlements.settle(self, paid=False)
