import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, get_datetime, now_datetime

from crm_app.crm_service import compensation, service_level, stage_rules
from crm_app.workflows.guard import WorkflowGuard

# Two clocks never agree exactly; what lies further ahead is a typing error.
CLOCK_TOLERANCE_MINUTES = 5


class Complaint(WorkflowGuard, Document):
	workflow_requesters = ("assigned_to", "compensation_requested_by")

	def validate(self):
		old = self.get_doc_before_save()
		self.take_back_recorded_values(old)
		self.check_dates()
		self.check_belongs_to_customer()
		self.check_satisfaction()
		self.set_category_of_cause(old)
		self.move_through_stages(old)
		compensation.apply(self, old)
		stage_rules.check_stage(self)
		self.finish_actions()
		self.apply_service_level(old)

	def on_trash(self):
		for alert in frappe.get_all("Complaint Alert", filters={"complaint": self.name}, pluck="name"):
			frappe.delete_doc("Complaint Alert", alert, ignore_permissions=True)  # part of the complaint

	def take_back_recorded_values(self, old):
		stage_rules.restore_recorded(self, old)
		compensation.restore_recorded(self, old)
		for fieldname in ("first_response_hours", "resolution_hours", "working_calendar"):
			self.set(fieldname, old.get(fieldname) if old else None)

	def check_dates(self):
		latest = add_to_date(now_datetime(), minutes=CLOCK_TOLERANCE_MINUTES)
		for fieldname in ("received_on", "first_responded_on"):
			if self.get(fieldname) and get_datetime(self.get(fieldname)) > latest:
				self.refuse(_("{0} cannot lie in the future."), fieldname)
		if self.first_responded_on and get_datetime(self.first_responded_on) < get_datetime(self.received_on):
			self.refuse(_("{0} cannot be before the complaint was received."), "first_responded_on")

	def check_belongs_to_customer(self):
		for fieldname in ("transaction", "member_card"):
			name = self.get(fieldname)
			options = self.meta.get_field(fieldname).options
			if name and frappe.db.get_value(options, name, "customer") != self.customer:
				self.refuse(_("{0} belongs to another customer."), fieldname)

	def check_satisfaction(self):
		if self.satisfaction and not 1 <= int(self.satisfaction) <= 5:
			self.refuse(_("{0} must be between 1 and 5."), "satisfaction")

	def set_category_of_cause(self, old):
		if self.cause and not self.category and (not old or old.cause != self.cause):
			self.category = frappe.db.get_value("Complaint Cause", self.cause, "category")

	def move_through_stages(self, old):
		stage_rules.set_category(self)
		stage_rules.record_time_on_hold(self, old)
		stage_rules.record_stage_dates(self, old)

	def finish_actions(self):
		for row in self.actions:
			if row.action_status != "Done":
				row.completed_on = None
			elif not row.completed_on:
				row.completed_on = now_datetime().date()

	def apply_service_level(self, old):
		if self.resolved_on and not self.first_responded_on:
			self.first_responded_on = self.resolved_on
		if not old or any(self.get(f) != old.get(f) for f in ("severity", "service_level", "customer")):
			service_level.copy_terms(self)
		service_level.set_deadlines(self)
		service_level.set_state(self)

	def refuse(self, message: str, fieldname: str):
		frappe.throw(message.format(_(self.meta.get_label(fieldname))), title=_("Check the Complaint"))
