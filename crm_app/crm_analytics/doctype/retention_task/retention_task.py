import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import nowdate

OPEN = "Open"


class RetentionTask(Document):
	def validate(self):
		self.open_for = self.customer if self.status == OPEN else None
		self.closed_on = None if self.status == OPEN else self.closed_on or nowdate()
		self.refuse_second_open_task()
		self.keep_what_was_scored()

	def refuse_second_open_task(self):
		"""The unique column would refuse it too, with a message nobody understands."""
		if not self.open_for:
			return
		other = frappe.db.get_value(self.doctype, {"open_for": self.open_for, "name": ["!=", self.name]})
		if other:
			frappe.throw(
				_("{0} has an open retention task already: {1}").format(self.customer, other),
				exc=frappe.DuplicateEntryError,
				title=_("Already there"),
			)

	def keep_what_was_scored(self):
		"""What the model said when the task was made stays, whoever edits."""
		scored = ("churn_probability", "value_at_risk", "segment", "reasons", "scored_as_of", "model_version")
		before = self.get_doc_before_save()
		for fieldname in scored:
			if before:
				self.set(fieldname, before.get(fieldname))
			elif not self.flags.from_scores:
				self.set(fieldname, None)
