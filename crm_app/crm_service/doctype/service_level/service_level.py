import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt


class ServiceLevel(Document):
	def validate(self):
		self.check_terms(self, _("Terms"))
		self.check_targets()

	def check_targets(self):
		seen = set()
		for row in self.targets:
			where = _("Row {0}").format(row.idx)
			if row.severity in seen:
				frappe.throw(
					_("{0}: severity {1} is there twice.").format(where, _(row.severity)),
					title=_("Service Level"),
				)
			seen.add(row.severity)
			self.check_terms(row, where)

	def check_terms(self, row, where: str):
		if flt(row.first_response_hours) <= 0 or flt(row.resolution_hours) <= 0:
			frappe.throw(_("{0}: hours must be more than 0.").format(where), title=_("Service Level"))
		if flt(row.first_response_hours) > flt(row.resolution_hours):
			frappe.throw(
				_("{0}: the first answer cannot be due after the resolution.").format(where),
				title=_("Service Level"),
			)
