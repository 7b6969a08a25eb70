import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint

from crm_app.utils.money import to_decimal


class CRMSettings(Document):
	def validate(self):
		self.check_tiers()
		self.check_import_limit()

	def check_tiers(self):
		if to_decimal(self.tier2_limit) < to_decimal(self.tier1_limit):
			frappe.throw(_("Finance Up To must not be below Department Head Alone Up To."))

	def check_import_limit(self):
		if not 0 < cint(self.import_max_mb) <= 2000:
			frappe.throw(_("Largest Import File (MB) must be between 1 and 2000."))
