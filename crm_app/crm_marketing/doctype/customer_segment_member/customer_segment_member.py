import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from crm_app.crm_marketing import segments


class CustomerSegmentMember(Document):
	def autoname(self):
		self.name = segments.member_name(self.segment, self.customer)

	def validate(self):
		self.check_manual(_("Only manual segments take members by hand."))
		self.added_by_rule = "Hand"
		self.added_on = self.added_on or now_datetime()
		self.customer_name = frappe.db.get_value("CRM Customer", self.customer, "customer_name")

	def after_insert(self):
		self.count_again()

	def on_trash(self):
		self.check_manual(_("Members of this segment follow its rules; change the rules instead."))

	def after_delete(self):
		self.count_again()

	def check_manual(self, message: str):
		if frappe.db.get_value("Customer Segment", self.segment, "kind") != "Manual":
			frappe.throw(message, title=_("Segment"))

	def count_again(self):
		number = frappe.db.count(segments.MEMBER, {"segment": self.segment})
		values = {"member_count": number, "counted_on": now_datetime()}
		frappe.db.set_value("Customer Segment", self.segment, values, update_modified=False)
