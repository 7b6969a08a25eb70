import re

import frappe
from frappe import _
from frappe.model.document import Document

from crm_app.crm_membership import tills


class CRMTill(Document):
	def before_naming(self):
		self.till_code = (self.till_code or "").strip().upper()
		if not re.fullmatch(r"[A-Z0-9](?:[A-Z0-9-]{0,18}[A-Z0-9])?", self.till_code):
			frappe.throw(_("Till Code: use letters, digits and dashes, at most 20."))

	def before_insert(self):
		tills.forget_token(self)
		self.acts_as = None

	def validate(self):
		tills.keep_token(self)

	def after_insert(self):
		tills.give_actor(self)

	def on_trash(self):
		tills.refuse_used(self)
