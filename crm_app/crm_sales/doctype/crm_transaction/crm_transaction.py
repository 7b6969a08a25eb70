import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, nowdate

from crm_app.crm_customers.domain.profile import external_key
from crm_app.crm_sales.domain.transaction import RETURN, check_and_total
from crm_app.crm_sales.returns import (
	book,
	check_against_sale,
	fill_in_from_sale,
	is_return,
	refuse_cancel_with_returns,
)
from crm_app.utils.settings import setting
from crm_app.utils.telling import telling


class CRMTransaction(Document):
	def before_insert(self):
		cancelled = {"name": self.amended_from, "docstatus": 2}
		if self.amended_from and frappe.db.exists("CRM Transaction", cancelled):
			# The corrected copy takes the outside record over; a key can only be held once.
			frappe.db.set_value("CRM Transaction", self.amended_from, "external_key", None)

	def validate(self):
		self.fill_in()
		self.check_customer()
		self.check_member_card()
		self.check_original()
		with telling(_("Check the transaction")):
			self.total()
			self.external_key = external_key(self.source_system, self.external_id)
		self.refuse_double_import()

	def before_submit(self):
		if is_return(self):
			check_against_sale(self, locked=True)

	def on_submit(self):
		if is_return(self):
			book(self, 1)

	def before_cancel(self):
		refuse_cancel_with_returns(self)

	def on_cancel(self):
		if is_return(self):
			book(self, -1)

	def fill_in(self):
		if is_return(self) and self.is_new():
			fill_in_from_sale(self)
		self.currency = self.currency or setting("default_currency")
		if self.store and not self.channel:
			self.channel = frappe.get_cached_value("CRM Store", self.store, "channel")

	def check_customer(self):
		status = frappe.db.get_value("CRM Customer", self.customer, "status_category")
		if status in ("Merged", "Erased"):
			frappe.throw(
				_("Customer: {0} is {1} and takes no transactions.").format(self.customer, _(status))
			)

	def check_member_card(self):
		if not self.member_card:
			return
		holder = frappe.db.get_value("Member Card", self.member_card, "customer")
		if holder != self.customer:
			frappe.throw(_("Member Card: {0} belongs to another customer.").format(self.member_card))

	def check_original(self):
		if self.transaction_type != RETURN:
			self.return_against = None
		elif not self.return_against and not self.source_system:
			frappe.throw(_("Return Against: choose the sale that the goods come back from."))
		elif self.return_against:
			check_against_sale(self)

	def total(self):
		header = {"transaction_type": self.transaction_type, "posting_date": getdate(self.posting_date)}
		totals = check_and_total(header, [row.as_dict() for row in self.items], getdate(nowdate()))
		for row, line in zip(self.items, totals.lines, strict=True):
			row.qty, row.amount = float(line.qty), float(line.amount)
			row.returned_qty = row.returned_amount = 0
		self.total_qty, self.amount = float(totals.total_qty), float(totals.amount)
		self.discount_amount = float(totals.discount_amount)

	def refuse_double_import(self):
		if not self.external_key:
			return
		same = {"external_key": self.external_key, "name": ["!=", self.name]}
		if other := frappe.db.get_value("CRM Transaction", same):
			frappe.throw(
				_("External ID: {0} already is transaction {1}.").format(self.external_key, other),
				exc=frappe.DuplicateEntryError,
				title=_("Already there"),
			)


def on_doctype_update():
	"""Sums per customer and period come from one index alone, and so does which currencies are in use.

	The third one finds who changed lately.
	"""
	fields = ["customer", "posting_date", "amount", "docstatus", "transaction_type", "currency"]
	frappe.db.add_index("CRM Transaction", fields, "crm_transaction_sums")
	frappe.db.add_index("CRM Transaction", ["currency"], "crm_transaction_currency")
	frappe.db.add_index("CRM Transaction", ["modified", "customer"], "crm_transaction_changes")
