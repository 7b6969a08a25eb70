import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, nowdate

from crm_app.crm_membership import ledger
from crm_app.crm_membership.domain.kinds import Terms
from crm_app.crm_membership.ledger import Voucher
from crm_app.utils.money import round_money, to_decimal
from crm_app.utils.telling import telling
from crm_app.workflows.guard import WorkflowGuard

OPENING = "Opening"


class MemberAdjustment(WorkflowGuard, Document):
	"""A correction or an opening balance: one person proposes it, another approves it."""

	status_by_docstatus = {0: "Draft", 1: "Approved", 2: "Cancelled"}

	def validate(self):
		self.check_change()
		self.check_expiry()

	def on_submit(self):
		with (
			telling(_("Adjustment")),
			ledger.posting(self.card, f"adjust|{self.name}", self.voucher()) as book,
		):
			if not book.repeated:
				kind = "Opening" if self.adjustment_type == OPENING else "Adjust"
				until = getdate(self.expires_on) if self.expires_on else None
				book.adjust(self.kind, to_decimal(self.change), kind, until)

	def on_cancel(self):
		with telling(_("Adjustment")):
			ledger.reverse(f"cancel|{self.name}", self.card, f"adjust|{self.name}", self.voucher())

	def voucher(self) -> Voucher:
		return Voucher(
			self.doctype, self.name, getdate(self.posting_date), reason=(self.reason or "").strip()[:140]
		)

	def check_change(self):
		programme = frappe.get_cached_doc("Membership Programme", self.programme)
		places = Terms.of(programme.as_dict()).places(self.kind)
		change = round_money(self.change, places)
		if change != to_decimal(self.change):
			frappe.throw(_("{0}: {1} has more than {2} decimals.").format(_("Change"), self.change, places))
		if not change:
			frappe.throw(_("Change: is 0."))
		if change < 0 and self.adjustment_type == OPENING:
			frappe.throw(_("Change: an opening balance is above 0."))

	def check_expiry(self):
		if self.expires_on and to_decimal(self.change) < 0:
			self.expires_on = None
		if self.expires_on and getdate(self.expires_on) < getdate(nowdate()):
			frappe.throw(_("Expires On: {0} lies in the past.").format(self.expires_on))
