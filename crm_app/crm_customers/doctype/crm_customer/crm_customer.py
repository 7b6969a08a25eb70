import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, nowdate, validate_email_address

from crm_app.crm_customers.domain.profile import (
	check_birthday,
	check_no_repeats,
	external_key,
	main_contact,
)
from crm_app.crm_customers.history import GRADE, STAGE
from crm_app.crm_customers.permissions import is_sales_only
from crm_app.utils.phone import BadNumber, normalise_mobile
from crm_app.utils.settings import setting
from crm_app.utils.telling import telling


class CRMCustomer(Document):
	def before_insert(self):
		"""Who adds a customer looks after them; an import says itself whose its customers are."""
		if not self.account_manager and not self.import_batch and is_sales_only():
			self.account_manager = frappe.session.user

	def validate(self):
		self.clean_names()
		self.normalise_numbers()
		self.check_addresses()
		with telling(_("Check the profile")):
			self.check_birthdays()
			self.mark_main_contact()
			self.check_rows()
			self.external_key = external_key(self.source_system, self.external_id)
		self.refuse_double_import()
		self.check_relations()
		self.keep_histories()

	def clean_names(self):
		self.customer_name = " ".join((self.customer_name or "").split())
		if not self.customer_name:
			frappe.throw(_("Customer Name: is missing."), exc=frappe.MandatoryError)

	def normalise_numbers(self):
		for holder in (self, *self.contacts):
			try:
				holder.mobile_no = normalise_mobile(holder.mobile_no, setting("default_region"))
			except BadNumber:
				frappe.throw(
					self._place(holder)
					+ _("Mobile Number: {0} is not a telephone number.").format(holder.mobile_no),
					title=_("Check the number"),
				)

	def check_addresses(self):
		for holder in (self, *self.contacts):
			holder.email_id = (holder.email_id or "").strip()
			if holder.email_id and not validate_email_address(holder.email_id):
				frappe.throw(
					self._place(holder) + _("E-mail: {0} is not an address.").format(holder.email_id),
					title=_("Check the e-mail"),
				)

	def _place(self, holder) -> str:
		return "" if holder is self else _("Contacts, row {0}: ").format(holder.idx)

	def check_birthdays(self):
		today = getdate(nowdate())
		for holder in (self, *self.contacts):
			check_birthday(getdate(holder.birthday) if holder.birthday else None, today)

	def mark_main_contact(self):
		main = main_contact([bool(contact.is_main) for contact in self.contacts])
		if main is not None:
			self.contacts[main].is_main = 1

	def check_rows(self):
		check_no_repeats([(row.channel,) for row in self.consents], "Consents")
		check_no_repeats([(row.kind, row.value) for row in self.preferences], "Preferences")
		check_no_repeats([(row.tag,) for row in self.tags], "Tags")

	def refuse_double_import(self):
		if not self.external_key:
			return
		other = frappe.db.get_value(
			"CRM Customer", {"external_key": self.external_key, "name": ["!=", self.name]}
		)
		if other:
			seen = frappe.has_permission("CRM Customer", "read", doc=other)
			told = _("External ID: {0} already is customer {1}.") if seen else _("External ID: {0} is taken.")
			frappe.throw(
				told.format(self.external_key, other),
				exc=frappe.DuplicateEntryError,
				title=_("Already there"),
			)

	def check_relations(self):
		if any(row.related_customer == self.name for row in self.relations):
			frappe.throw(_("Related Parties: a customer cannot be related to itself."))

	def keep_histories(self):
		GRADE.note(self)
		if STAGE.note(self):
			self.lifecycle_since = nowdate()
		elif before := self.get_doc_before_save():
			self.lifecycle_since = before.lifecycle_since
