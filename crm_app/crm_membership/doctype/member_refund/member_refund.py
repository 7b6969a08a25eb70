import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate

from crm_app.crm_membership import stored_value
from crm_app.crm_membership.ledger import Voucher
from crm_app.utils.money import round_money, to_decimal
from crm_app.utils.telling import telling

TOP_UP = "Member Top-up"


class MemberRefund(Document):
	def validate(self):
		self.amount = float(round_money(self.amount))
		self.bonus = self.paid_out = 0
		if frappe.db.get_value(TOP_UP, self.top_up, "docstatus") != 1:
			frappe.throw(_("Member Top-up: {0} is not submitted.").format(self.top_up))

	def on_submit(self):
		with telling(_("Refund")):
			refunded = stored_value.refund(
				self.card,
				(TOP_UP, self.top_up),
				to_decimal(self.amount),
				f"refund|{self.name}",
				self.voucher(),
			)
		self.db_set({"bonus": float(refunded.bonus), "paid_out": float(refunded.paid_out)})
		self.add_to_top_up(self.amount)

	def before_cancel(self):
		frappe.throw(_("Money that was paid out does not come back by cancelling; enter a new top-up."))

	def voucher(self) -> Voucher:
		day = getdate(self.posting_date)
		return Voucher(self.doctype, self.name, day, self.store, (self.reason or "")[:140])

	def add_to_top_up(self, amount: float):
		"""Under the account's lock, which this transaction holds."""
		before = flt(frappe.db.get_value(TOP_UP, self.top_up, "refunded", for_update=True))
		total = float(round_money(before) + round_money(amount))
		frappe.db.set_value(TOP_UP, self.top_up, "refunded", total)
