import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint

from crm_app.crm_membership import coupon_batches
from crm_app.crm_membership.coupon_batches import CODES, CUSTOMER, PLATFORM, SEGMENT

# The background job writes these past the Document; nobody else does.
PROGRESS_FIELDS = [
	"status_category",
	"progress",
	"planned",
	"issued",
	"message",
	"stop_requested",
	"position",
	"started_on",
	"finished_on",
]
NEEDS = {CODES: "quantity", SEGMENT: "segment", CUSTOMER: "customer", PLATFORM: "platform_codes"}
FIXED = ("template", "target", *NEEDS.values(), "hold_back", "per_customer")
LARGEST = 1_000_000
MOST_EACH = 100
LONGEST_CODE = 36


class CouponBatch(Document):
	def validate(self):
		self.keep_progress()
		self.check_target()
		self.check_platform()
		self.check_codes()
		self.check_size()
		self.keep_once_begun()

	def on_trash(self):
		if frappe.db.exists("Coupon", {"batch": self.name}):
			frappe.throw(_("{0} has coupons. Void them instead.").format(self.name), frappe.LinkExistsError)

	def keep_progress(self):
		before = self.get_doc_before_save()
		for fieldname in PROGRESS_FIELDS:
			self.set(fieldname, before.get(fieldname) if before else None)
		self.status_category = self.status_category or "Draft"

	def check_target(self):
		for target, fieldname in NEEDS.items():
			if target != self.target:
				self.set(fieldname, None)
			elif not self.get(fieldname):
				label = _(self.meta.get_label(fieldname))
				frappe.throw(_("{0}: is missing.").format(label), frappe.MandatoryError)
		if self.target != CODES:
			self.hold_back = 0
		self.per_customer = cint(self.per_customer) or 1

	def check_platform(self):
		platform = frappe.db.get_value("Coupon Template", self.template, "platform")
		if self.target == PLATFORM and not platform:
			frappe.throw(_("Template: {0} belongs to no platform.").format(self.template))

	def check_codes(self):
		for code in coupon_batches.platform_codes(self):
			if not (code.isascii() and code.isalnum() and len(code) <= LONGEST_CODE):
				frappe.throw(_("Codes of the Platform: {0} is no code.").format(code[:60]))

	def check_size(self):
		if self.per_customer > MOST_EACH:
			frappe.throw(_("Coupons per Customer: at most {0}.").format(MOST_EACH))
		if coupon_batches.planned(self) > LARGEST:
			frappe.throw(_("At most {0} coupons in one batch.").format(LARGEST))

	def keep_once_begun(self):
		before = self.get_doc_before_save()
		if (
			before
			and before.status_category != "Draft"
			and any(self.has_value_changed(name) for name in FIXED)
		):
			frappe.throw(_("The batch has begun; make a new one for other coupons."))
