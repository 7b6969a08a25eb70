import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, getdate, now_datetime, nowdate

from crm_app.crm_marketing import segments, templates
from crm_app.crm_marketing.domain import campaign as rules
from crm_app.utils.money import total
from crm_app.utils.settings import setting
from crm_app.utils.telling import telling
from crm_app.workflows.guard import WorkflowGuard

RECORDED = ("approved_by", "approved_on", "approved_budget", "started_on", "ended_on")
FROZEN = ("segment", "start_date", "department", "expense_category", "fiscal_year", "currency")


class CRMCampaign(WorkflowGuard, Document):
	workflow_requesters = ("campaign_owner",)

	def validate(self):
		old = self.get_doc_before_save()
		self.take_back_recorded_values(old)
		templates.fill_empty(self)
		self.fill_in()
		with telling(_("Check the campaign")):
			self.check_plan()
		self.count_target(old)
		self.compute_expectations()
		self.check_ready()
		self.record_decisions(old)
		self.check_frozen(old)

	def take_back_recorded_values(self, old):
		for fieldname in RECORDED:
			self.set(fieldname, old.get(fieldname) if old else None)

	def fill_in(self):
		self.currency = self.currency or setting("default_currency")
		self.fiscal_year = cint(self.fiscal_year) or (getdate(self.start_date).year if self.start_date else 0)

	def check_plan(self):
		if self.start_date:
			self.check_dates(getdate(self.start_date))
		rules.check_money(self.budget_amount, self.expected_revenue, self.expected_response_rate)
		self.channel_cost = total(row.planned_cost for row in self.channels)

	def check_dates(self, start):
		if not self.end_date:
			self.refuse(_("{0} is needed.").format(_(self.meta.get_label("end_date"))))
		for row in self.channels:
			row.send_on = getdate(row.send_on) if row.send_on else None
		rules.check_period(start, getdate(self.end_date))
		rules.check_schedule(start, getdate(self.end_date), self.channels)

	def count_target(self, old):
		"""The number that was approved stays on the record."""
		if self.status_category in rules.DECIDED and old and old.status_category in rules.DECIDED:
			self.target_count = old.target_count
		elif self.segment:
			self.target_count = segments.count(frappe.get_doc("Customer Segment", self.segment))
		else:
			self.target_count = 0

	def compute_expectations(self):
		self.expected_customers = rules.expected_responses(
			cint(self.target_count), self.expected_response_rate
		)
		self.expected_return = rules.expected_return(self.expected_revenue, self.budget_amount)

	def check_ready(self):
		"""What a campaign needs before somebody is asked to approve it."""
		if self.status_category not in rules.NEEDS_PLAN:
			return
		for fieldname in ("segment", "channels"):
			if not self.get(fieldname):
				self.refuse(_("{0} is needed before approval.").format(_(self.meta.get_label(fieldname))))
		if self.status_category == "Approved" and not cint(self.target_count):
			self.refuse(_("The segment {0} has no customers.").format(self.segment))
		with telling(_("Check the campaign")):
			rules.check_costs_fit(self.budget_amount, [row.planned_cost for row in self.channels])

	def record_decisions(self, old):
		before, after = (old.status_category if old else None), self.status_category
		if before == after:
			return
		if after in ("Draft", "Pending", "Rejected"):
			for fieldname in RECORDED:
				self.set(fieldname, None)
		elif after == "Approved":
			self.approved_by, self.approved_on = frappe.session.user, now_datetime()
			self.approved_budget = self.budget_amount
		elif after == "Running":
			self.started_on = nowdate()
		else:
			self.end(after)

	def end(self, category: str):
		if category == "Stopped" and not self.stop_reason:
			self.refuse(_("Say why the campaign stops: fill in {0}.").format(_("Reason for Stopping")))
		self.ended_on = nowdate()

	def check_frozen(self, old):
		if not old or old.status_category not in rules.DECIDED:
			return
		if self.status_category in rules.DECIDED:
			with telling(_("Check the campaign")):
				rules.check_frozen_budget(self.budget_amount, self.approved_budget)
			for fieldname in FROZEN:
				if str(self.get(fieldname) or "") != str(old.get(fieldname) or ""):
					label = _(self.meta.get_label(fieldname))
					self.refuse(_("{0} cannot change after approval.").format(label))

	def refuse(self, message: str):
		frappe.throw(message, title=_("Check the campaign"))
