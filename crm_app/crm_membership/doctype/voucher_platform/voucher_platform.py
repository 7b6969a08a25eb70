import re

import frappe
from frappe import _
from frappe.model.document import Document


class VoucherPlatform(Document):
	def validate(self):
		self.prefix = (self.prefix or "").strip().upper()
		if not re.fullmatch(r"[A-Z]{2,4}", self.prefix):
			frappe.throw(_("Code Prefix: {0} is not two to four letters.").format(self.prefix))
		self.keep_prefix()

	def keep_prefix(self):
		before = self.get_doc_before_save()
		if before and before.prefix != self.prefix and frappe.db.exists("Coupon", {"platform": self.name}):
			frappe.throw(_("{0} cannot change once coupons are issued.").format(_("Code Prefix")))
