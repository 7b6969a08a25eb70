import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt

from crm_app.crm_customers.domain.profile import check_no_repeats
from crm_app.crm_membership.domain.card_number import check_prefix
from crm_app.crm_membership.domain.tiers import Plan, check_credit_life
from crm_app.utils.settings import setting
from crm_app.utils.telling import telling

MOST_BEFORE = 31  # days that a birthday benefit may come early


class MembershipProgramme(Document):
	def validate(self):
		self.currency = self.currency or setting("default_currency")
		with telling(_("Check the programme")):
			self.check_card_numbers()
			check_no_repeats([(row.tier_name,) for row in self.tiers], "Tiers")
			check_no_repeats([(row.tier_level,) for row in self.tiers], "Tiers")
			self.check_review()
		self.check_amounts()
		self.check_benefits()

	def check_card_numbers(self):
		self.card_prefix = (self.card_prefix or "").strip()
		others = frappe.get_all(
			"Membership Programme", {"name": ["!=", self.name or ""]}, ["name", "card_prefix"]
		)
		check_prefix(self.card_prefix, cint(self.card_length), {row.name: row.card_prefix for row in others})

	def check_review(self):
		self.qualifying_months = cint(self.qualifying_months) or 12
		plan = Plan.of((), self.qualifying_period, self.qualifying_months)
		check_credit_life(plan, cint(self.tier_credit_months))

	def check_amounts(self):
		"""A higher tier asks for more, staying never asks for more than entering; discounts end at 100 %."""
		last = None
		for row in self.ranked_tiers():
			if flt(row.stay_amount) > flt(row.entry_amount):
				frappe.throw(_("Tiers, row {0}: staying asks for more than entering.").format(row.idx))
			cheaper = last and not flt(row.annual_fee) and flt(row.entry_amount) < flt(last.entry_amount)
			if cheaper:
				frappe.throw(_("Tiers, row {0}: a higher tier asks for less.").format(row.idx))
			if flt(row.discount_percent) > 100:
				label = _("Row {0}").format(row.idx) + " " + _(row.meta.get_label("discount_percent"))
				frappe.throw(_("{0}: at most 100.").format(label))
			if cint(row.stay_visits) > cint(row.entry_visits):
				frappe.throw(_("Tiers, row {0}: staying asks for more visits than entering.").format(row.idx))
			last = last if flt(row.annual_fee) else row

	def check_benefits(self):
		names = {row.tier_name for row in self.tiers}
		for row in self.benefits:
			if row.tier_name and row.tier_name not in names:
				frappe.throw(_("Benefits, row {0}: there is no tier {1}.").format(row.idx, row.tier_name))
			if cint(row.days_before) > MOST_BEFORE:
				frappe.throw(_("Benefits, row {0}: at most {1} days before.").format(row.idx, MOST_BEFORE))
		with telling(_("Check the programme")):
			check_no_repeats([(row.tier_name or "",) for row in self.benefits if flt(row.points)], "Benefits")

	def ranked_tiers(self) -> list:
		return sorted(self.tiers, key=lambda row: cint(row.tier_level))

	def benefits_of(self, tier_name: str | None) -> list:
		"""Benefits of a tier: its own and those of the tiers below."""
		level = {row.tier_name: cint(row.tier_level) for row in self.tiers}
		mine = level.get(tier_name, -1)
		return [row for row in self.benefits if not row.tier_name or level.get(row.tier_name, 0) <= mine]
