"""The settings as a fit freezes them, and a fingerprint that tells when they changed."""

import hashlib
import json

import frappe
from frappe.utils import cint, flt

from crm_app.crm_analytics.domain.rfm_cuts import read_bounds
from crm_app.crm_analytics.sales_query import Money
from crm_app.crm_analytics.scores.segments import defined

NAME = "Analytics Settings"
FROZEN = (
	"horizon_days", "discount_rate", "margin", "annuity_years", "value_model", "rfm_method",
	"recency_cuts", "frequency_cuts", "money_cuts", "churn_days", "churn_method", "inactive_days",
	"retention_threshold",
)  # fmt: skip


def value(fieldname: str):
	"""As stored, with the shipped value where an administrator left it empty."""
	field = frappe.get_meta(NAME).get_field(fieldname)
	found = frappe.db.get_single_value(NAME, fieldname)
	found = field.default if found in (None, "") else found
	if field.fieldtype in ("Int", "Check"):
		return cint(found)
	return flt(found) if field.fieldtype in ("Currency", "Float", "Percent") else found


def frozen() -> dict:
	"""What the scores depend on. `cuts` are the fixed bounds; `currency` is "" where there is one."""
	money = Money()
	values = {name: value(name) for name in FROZEN} | {"currency": money.code if money.mixed else ""}
	texts = {name: values.pop(name) for name in ("recency_cuts", "frequency_cuts", "money_cuts")}
	if values["rfm_method"] == "Fixed":
		values["cuts"] = [read_bounds(text, name) for name, text in texts.items()]
	return values


def fingerprint() -> str:
	"""Changes with any setting or segment on which a score depends."""
	segments = [(segment.name, segment.r, segment.fm) for segment in defined()]
	text = json.dumps([frozen(), segments], sort_keys=True, default=str)
	return hashlib.sha256(text.encode()).hexdigest()[:16]
