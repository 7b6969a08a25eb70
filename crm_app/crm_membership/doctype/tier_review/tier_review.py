import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, nowdate

# The run writes these past the Document; nobody else does.
SET_BY_RUN = [
	"status_category", "period_from", "period_to", "progress", "cards_up", "cards_down", "cards_kept",
	"applied", "skipped", "prepared_by", "prepared_at", "decided_by", "decided_at", "message",
]  # fmt: skip


class TierReview(Document):
	def validate(self):
		self.keep_run()
		self.check_day()

	def on_trash(self):
		if self.status_category in ("Approved", "Completed"):
			frappe.throw(_("{0} was approved; it stays as the record of it.").format(self.name))
		frappe.db.delete("Tier Review Line", {"review": self.name})

	def keep_run(self):
		before = self.get_doc_before_save()
		for fieldname in SET_BY_RUN:
			self.set(fieldname, before.get(fieldname) if before else None)
		self.status_category = self.status_category or "Draft"
		self.prepared_by = self.prepared_by or frappe.session.user

	def check_day(self):
		if getdate(self.as_of) > getdate(nowdate()):
			frappe.throw(_("As Of: {0} lies in the future.").format(self.as_of))
