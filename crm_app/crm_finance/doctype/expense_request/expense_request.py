import frappe
from frappe import _
from frappe.model.document import Document

from crm_app.crm_finance import charging, requests
from crm_app.utils.actions import shown, stored
from crm_app.workflows.guard import WorkflowGuard


class ExpenseRequest(WorkflowGuard, Document):
	"""Reserves budget when sent for approval, commits it when approved, spends it when reimbursed."""

	workflow_requesters = ("employee",)
	status_by_docstatus = {0: "Draft", 1: "Approved", 2: "Cancelled"}

	def validate(self):
		requests.fill_employee(self)
		requests.check_lines(self)
		requests.add_up(self)
		requests.find_approvers(self)
		requests.note_duplicates(self)
		requests.ask_about_duplicates(self)
		requests.warn_over_budget(self)

	def before_update_after_submit(self):
		requests.freeze_lines(self)
		requests.check_reimbursement(self)
		requests.add_up(self)

	def on_update(self):
		charging.settle(self)
		requests.warn_without_budget(self)

	def on_update_after_submit(self):
		charging.settle(self)

	def on_cancel(self):
		charging.settle(self, "Cancelled")

	def on_trash(self):
		if self.status_category not in ("Draft", "Rejected", "Cancelled"):
			frappe.throw(_("{0} is under way; withdraw it first.").format(self.name))

	def _position(self):
		if not hasattr(self, "_position_now"):
			self._position_now = charging.position(self)
		return self._position_now

	def _shown(self, key: str) -> float | None:
		position = self._position()
		return float(getattr(position, key)) if position else None

	@property
	def position_budget(self):
		return self._shown("budget")

	@property
	def position_reserved(self):
		return self._shown("reserved")

	@property
	def position_committed(self):
		return self._shown("committed")

	@property
	def position_spent(self):
		return self._shown("spent")

	@property
	def position_available(self):
		return self._shown("available")

	@property
	def position_after(self):
		position = self._position()
		return float(charging.available_after(self, position)) if position else None


@frappe.whitelist()
def accept_duplicate(doc: str | dict) -> dict:
	"""An approver states that the look-alikes are different expenses."""
	request = stored(doc, "Expense Request")
	requests.accept_duplicate(request)
	return shown(request.reload())
