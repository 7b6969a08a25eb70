import frappe
from frappe import _
from frappe.model.document import Document

from crm_app.crm_workforce import org
from crm_app.crm_workforce.domain.tree import closes_cycle


class CRMDepartment(Document):
	def validate(self):
		self.strip_name()
		self.refuse_cycle()

	def on_update(self):
		org.forget()

	def on_trash(self):
		org.forget()

	def after_rename(self, old, new, merge=False):
		org.forget()

	def strip_name(self):
		self.department_name = (self.department_name or "").strip()

	def refuse_cycle(self):
		org.forget()
		parents = {name: row.parent_department for name, row in org.department_rows().items()}
		if closes_cycle(parents, self.name, self.parent_department):
			frappe.throw(
				_("Parent Department: {0} lies under {1} itself.").format(self.parent_department, self.name),
				title=_("Circle in the Organisation"),
			)
