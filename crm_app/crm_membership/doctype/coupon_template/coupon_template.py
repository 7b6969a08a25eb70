import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt

from crm_app.crm_membership import coupon_counts, coupon_terms, rule_conditions
from crm_app.crm_membership.domain.coupon_rules import AMOUNT, FIXED_PRICE, FREE_ITEM, PERCENT
from crm_app.crm_membership.domain.sharing import to_units
from crm_app.utils.money import to_decimal

LIMITS = ("total_limit", "customer_limit")
FIXED_ONCE_ISSUED = ("kind", "platform")


class CouponTemplate(Document):
	def validate(self):
		rule_conditions.check(self)
		self.check_value()
		self.check_kind()
		self.check_voucher()
		self.keep_once_issued()
		self.uses_per_coupon = cint(self.uses_per_coupon) or 1
		self.name_it()

	def on_update(self):
		"""Counts stand still while no limit is set; they begin anew with the next one."""
		before = self.get_doc_before_save()
		if before and any(before.get(name) and not self.get(name) for name in LIMITS):
			coupon_counts.forget(self.name)

	def name_it(self):
		"""A text that was made from the terms follows them; one that somebody wrote stays."""
		before = self.get_doc_before_save()
		made = before and self.title == coupon_terms.in_words(before)
		if made or not (self.title or "").strip():
			self.title = coupon_terms.in_words(self)

	def check_value(self):
		if self.kind == FREE_ITEM:
			self.value = 0
		if self.kind in (PERCENT, AMOUNT) and not flt(self.value):
			frappe.throw(_("Value: 0 takes nothing off."))
		if self.kind == PERCENT and flt(self.value) > 100:
			frappe.throw(_("{0}: at most 100.").format(_("Value")))
		for fieldname in ("most_discount", "minimum_spend", "value", "face_value", "settlement_price"):
			self.check_cents(fieldname)

	def check_cents(self, fieldname: str):
		"""Amounts are taken off in whole cents."""
		try:
			to_units(to_decimal(self.get(fieldname)), 2)
		except ValueError:
			label = _(self.meta.get_label(fieldname))
			frappe.throw(_("{0}: at most two decimals.").format(label))

	def check_kind(self):
		if self.kind in (FIXED_PRICE, FREE_ITEM) and not any(
			row.kind in ("Item", "Category") for row in self.conditions
		):
			frappe.throw(
				_("Conditions: name the items or categories that {0} is about.").format(_(self.kind))
			)

	def check_voucher(self):
		if not self.platform:
			self.settlement_price = 0
		elif flt(self.settlement_price) > flt(self.face_value) > 0:
			frappe.throw(_("Settlement Price: it is above the face value."))

	def keep_once_issued(self):
		"""A coupon in somebody's hand stays what it was: these terms are another template's."""
		before = self.get_doc_before_save()
		changed = [name for name in FIXED_ONCE_ISSUED if before and before.get(name) != self.get(name)]
		if changed and frappe.db.exists("Coupon", {"template": self.name}):
			labels = ", ".join(_(self.meta.get_label(name)) for name in changed)
			frappe.throw(_("{0} cannot change once coupons are issued.").format(labels))
