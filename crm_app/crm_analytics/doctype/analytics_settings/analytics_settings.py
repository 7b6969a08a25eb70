import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt

from crm_app.crm_analytics.domain.rfm_cuts import read_bounds
from crm_app.utils.telling import telling

LIMITS = {
	"horizon_days": (1, 3650),
	"annuity_years": (1, 100),
	"churn_days": (1, 3650),
	"inactive_days": (1, 3650),
	"retention_days": (0, 365),
	"refresh_hour": (0, 23),
	"refit_days": (1, 365),
	"history_months": (0, 60),
	"chunk_size": (10, 100_000),
	"discount_rate": (0, 1000),
	"margin": (0, 100),
	"retention_threshold": (0, 100),
}


class AnalyticsSettings(Document):
	def validate(self):
		for fieldname, (low, high) in LIMITS.items():
			self.check_between(fieldname, low, high)
		if self.rfm_method == "Fixed":
			with telling(_("Analytics Settings")):
				for fieldname in ("recency_cuts", "frequency_cuts", "money_cuts"):
					read_bounds(self.get(fieldname), self.meta.get_label(fieldname))

	def check_between(self, fieldname: str, low: int, high: int):
		field = self.meta.get_field(fieldname)
		number = cint(self.get(fieldname)) if field.fieldtype == "Int" else flt(self.get(fieldname))
		if not low <= number <= high:
			frappe.throw(
				_("{0} must lie between {1} and {2}.").format(_(field.label), low, high),
				title=_("Analytics Settings"),
			)
