import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from crm_app.crm_membership import ledger, stored_value
from crm_app.crm_membership.ledger import Voucher
from crm_app.utils.money import round_money, to_decimal
from crm_app.utils.telling import telling


class MemberTopup(Document):
	def validate(self):
		self.check_date()
		self.amount, self.refunded = float(round_money(self.amount)), 0
		self.offer, bonus, _until = stored_value.offer_for(
			self.programme, to_decimal(self.amount), getdate(self.posting_date)
		)
		self.bonus = float(bonus)

	def on_submit(self):
		with telling(_("Top-up")):
			stored_value.top_up(self.card, to_decimal(self.amount), f"top-up|{self.name}", self.voucher())

	def on_cancel(self):
		"""Only while nothing of it is spent; a refund gives back what is left."""
		with telling(_("Top-up")):
			ledger.reverse(f"cancel|{self.name}", self.card, f"top-up|{self.name}", self.voucher())

	def voucher(self) -> Voucher:
		return Voucher(self.doctype, self.name, getdate(self.posting_date), self.store)

	def check_date(self):
		if getdate(self.posting_date) > getdate():
			frappe.throw(_("Date: {0} lies in the future.").format(self.posting_date))
