import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, getdate

from crm_app.crm_membership import fees
from crm_app.crm_membership.domain.fees import check_free, covered
from crm_app.crm_membership.domain.tiers import Period
from crm_app.utils.money import round_money
from crm_app.utils.telling import telling

SET_BY_RUN = ("refunded", "refunded_on", "reminded_on", "begun")


class MembershipFee(Document):
	def validate(self):
		self.keep_run()
		self.check_card()
		self.plan = frappe.get_cached_doc("Membership Programme", self.programme)
		self.check_tier()
		self.check_amount()
		self.check_period()

	def on_submit(self):
		fees.take(self)

	def before_cancel(self):
		if self.status_category != fees.PAID:
			frappe.throw(_("{0} is {1}; it stays.").format(self.name, _(self.status_category)))

	def on_cancel(self):
		fees.withdraw(self, fees.CANCELLED)

	def keep_run(self):
		"""A draft has neither begun nor been refunded, whatever was sent."""
		if self.docstatus == 0:
			self.update({**dict.fromkeys(SET_BY_RUN), "status_category": "Draft"})

	def check_card(self):
		card = frappe.db.get_value("Member Card", self.card, ["programme", "replaced_by"], as_dict=True)
		self.programme = card.programme
		if card.replaced_by and self.docstatus == 0:
			frappe.throw(_("The card {0} was replaced by {1}.").format(self.card, card.replaced_by))

	def check_tier(self):
		bought = {row.tier_name: flt(row.annual_fee) for row in self.plan.tiers if flt(row.annual_fee) > 0}
		self.tier = (self.tier or "").strip() or None
		if not self.tier and not flt(self.plan.annual_fee) and len(bought) == 1:
			self.tier = next(iter(bought))
		if self.tier and self.tier not in bought:
			frappe.throw(_("Tier: {0} is not a tier that is bought.").format(self.tier))
		self.fee = bought[self.tier] if self.tier else flt(self.plan.annual_fee)
		if not self.fee:
			frappe.throw(_("Programme: {0} asks for no fee.").format(self.programme))

	def check_amount(self):
		self.amount = float(round_money(self.amount or self.fee))
		if getdate(self.paid_on) > getdate():
			frappe.throw(_("Paid On: {0} lies in the future.").format(self.paid_on))

	def check_period(self):
		others = fees.paid_periods(self.card, self.tier, self.name)
		proposed = covered(
			getdate(self.paid_on), others[-1].end if others else None, cint(self.plan.fee_months)
		)
		self.covers_from = getdate(self.covers_from or proposed.start)
		if not self.covers_to:
			self.covers_to = covered(self.covers_from, None, cint(self.plan.fee_months)).end
		with telling(_("Membership Fee")):
			check_free(Period(self.covers_from, getdate(self.covers_to)), others)
