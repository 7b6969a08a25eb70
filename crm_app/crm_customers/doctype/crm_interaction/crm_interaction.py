import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime, getdate, now_datetime


class CRMInteraction(Document):
	def before_insert(self):
		if not self.employee:
			self.employee = frappe.db.get_value("CRM Employee", {"user": frappe.session.user})
		if not self.contact and self.customer:
			main = {"parent": self.customer, "parenttype": "CRM Customer", "is_main": 1}
			self.contact = frappe.db.get_value("CRM Customer Contact", main, "contact_name")

	def validate(self):
		if get_datetime(self.occurred_on) > now_datetime():
			frappe.throw(_("Occurred On: {0} lies in the future.").format(self.occurred_on))
		if self.follow_up_on and getdate(self.follow_up_on) < getdate(self.occurred_on):
			frappe.throw(_("Follow Up On: {0} lies before the contact itself.").format(self.follow_up_on))
