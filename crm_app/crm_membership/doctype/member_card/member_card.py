import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, getdate, nowdate

from crm_app.crm_membership import cards, ledger, tier_changes
from crm_app.crm_membership.domain.card_number import check_foreign, clean
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.domain.kinds import POINTS
from crm_app.utils.telling import telling


class MemberCard(Document):
	def before_naming(self):
		if not self.programme:
			frappe.throw(_("Programme: is missing."), exc=frappe.MandatoryError)
		self.card_no = clean(self.card_no)
		if not self.card_no:
			self.card_no = cards.next_number(self.programme)
			return
		foreign = frappe.get_cached_value("Membership Programme", self.programme, "accept_foreign_numbers")
		with telling(_("Check the card number")):
			check_foreign(self.card_no, bool(foreign))
		if any(frappe.db.exists(doctype, self.card_no) for doctype in ("Member Card", "Coupon")):
			frappe.throw(
				_("Card Number: {0} is already in use.").format(self.card_no), exc=frappe.DuplicateEntryError
			)

	def before_insert(self):
		self.status_category = "Issued"
		if not self.flags.moving:
			self.update(dict.fromkeys(cards.SET_BY_MOVES))
		self.valid_until = self.valid_until or cards.end_of_validity(self.programme, self.issued_on)

	def after_insert(self):
		ledger.open_account(self.name)

	def on_update(self):
		tier_changes.record_by_hand(self)

	def on_trash(self):
		ledger.close_unused(self.name)

	def validate(self):
		self.check_programme()
		self.check_tier()
		tier_changes.set_dates(self)
		self.check_dates()
		cards.keep_status(self)
		cards.keep_history(self)

	def check_programme(self):
		if (
			self.is_new()
			and frappe.get_cached_value("Membership Programme", self.programme, "status_category") != "Active"
		):
			frappe.throw(_("Programme: {0} takes no new members.").format(self.programme))

	def check_tier(self):
		tiers = frappe.get_cached_doc("Membership Programme", self.programme).ranked_tiers()
		names = [row.tier_name for row in tiers]
		self.tier = self.tier or names[0]
		if self.tier not in names:
			frappe.throw(
				_("Tier: {0} has no tier {1}, but {2}.").format(self.programme, self.tier, ", ".join(names))
			)

	def check_dates(self):
		if self.valid_until and getdate(self.valid_until) < getdate(self.issued_on):
			frappe.throw(_("Valid Until: {0} lies before the day of issue.").format(self.valid_until))

	@property
	def points_balance(self):
		return self._balance("points")

	@property
	def value_balance(self):
		return self._balance("value")

	@property
	def credit_balance(self):
		return self._balance("tier_credit")

	@property
	def points_expiring(self):
		held = self._balance("points")
		return held and float(ledger.expiring(self.name, POINTS, add_days(nowdate(), 30)))

	def _balance(self, kind: str):
		"""As of now, for readers of the accounts; read once for a form."""
		if self.is_new() or not frappe.has_permission("Member Account", "read"):
			return None
		if not self.get("_balances"):
			try:
				self._balances = ledger.balance(self.name)
			except Refused:  # Frappe keeps a copy of what is deleted, and asks when card and account are gone
				return None
		return float(getattr(self._balances, kind))

	@frappe.whitelist()
	def activate(self, reason: str | None = None):
		cards.move(self, "activate", reason)

	@frappe.whitelist()
	def suspend(self, reason: str | None = None):
		cards.move(self, "suspend", reason)

	@frappe.whitelist()
	def report_lost(self, reason: str | None = None):
		cards.move(self, "report_lost", reason)

	@frappe.whitelist()
	def replace(self, reason: str | None = None):
		return cards.replace(self, reason)

	@frappe.whitelist()
	def merge(self, into: str, reason: str | None = None):
		cards.merge(self, into, reason)

	@frappe.whitelist()
	def renew(self, reason: str | None = None):
		cards.renew(self, reason)

	@frappe.whitelist()
	def expire(self, reason: str | None = None):
		cards.move(self, "expire", reason)
