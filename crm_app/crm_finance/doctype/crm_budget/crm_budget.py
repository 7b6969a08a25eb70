import json

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint

from crm_app.crm_finance import budget_lines, budgets
from crm_app.crm_finance.domain.lines import line_key
from crm_app.customising.mandatory import forgive_custom
from crm_app.utils.money import round_money, total
from crm_app.workflows.guard import WorkflowGuard


class CRMBudget(WorkflowGuard, Document):
	status_by_docstatus = {0: "Draft", 1: "Approved", 2: "Cancelled"}

	def validate(self):
		self.check_year()
		self.check_lines()
		self.add_up()
		self.number_version()

	def on_update(self):
		self.follow_category()

	def on_update_after_submit(self):
		self.follow_category()

	def before_cancel(self):
		frappe.throw(_("An approved budget is not cancelled. Close it, or approve a new version."))

	def check_year(self):
		if not 1990 <= cint(self.fiscal_year) <= 2100:
			frappe.throw(_("Fiscal Year: {0} is no year.").format(self.fiscal_year))

	def check_lines(self):
		seen = {}
		for line in self.lines:
			line.month = cint(line.month)
			if not 0 <= line.month <= 12:
				frappe.throw(_("Row {0}: Month is 1 to 12, or 0 for the whole year.").format(line.idx))
			if round_money(line.amount) < 0:
				frappe.throw(_("Row {0}: Amount cannot be negative.").format(line.idx))
			line.amount = float(round_money(line.amount))
			key = line_key(self.fiscal_year, self.department, line)
			if key in seen:
				frappe.throw(
					_("Row {0} is for the same purpose as row {1}.").format(line.idx, seen[key]),
					frappe.DuplicateEntryError,
				)
			seen[key] = line.idx
		budget_lines.assign_keys(self)

	def add_up(self):
		self.total_amount = float(total(line.amount for line in self.lines))

	def number_version(self):
		if not self.is_new():
			self.version = self.get_doc_before_save().version
			return
		others = {"department": self.department, "fiscal_year": self.fiscal_year}
		versions = frappe.get_all("CRM Budget", filters=others, pluck="version")
		self.version = max(map(cint, versions), default=0) + 1

	def follow_category(self):
		old = self.get_doc_before_save()
		if old and old.status_category == self.status_category:
			return
		if self.status_category == "Approved":
			budgets.open_lines(self)
		elif self.status_category == "Closed":
			budgets.close_lines(self)


@frappe.whitelist()
def new_version(doc: str | dict) -> dict:
	"""A draft with the same lines, to change and send for approval; its approval replaces this one."""
	name = (json.loads(doc) if isinstance(doc, str) else doc)["name"]
	old = frappe.get_doc("CRM Budget", name)
	old.check_permission("read")
	frappe.has_permission("CRM Budget", "create", throw=True)
	draft = frappe.copy_doc(old, ignore_no_copy=False)
	draft.update({"docstatus": 0, "replaces": old.name})
	forgive_custom(draft)  # it may be older than the field, and is a draft to be changed
	draft.insert()
	frappe.msgprint(_("Version {0} is {1}.").format(draft.version, draft.name))
	return {"doctype": draft.doctype, "name": draft.name}
