"""The customers that a report lists, as a segment: a fixed list, or rules that say the same."""

import frappe
from frappe import _
from frappe.desk.query_report import run
from frappe.utils import flt

from crm_app.crm_analytics.scores import settings
from crm_app.crm_marketing import segments
from crm_app.customising.mandatory import forgive_custom

SEGMENT = "Customer Segment"
SCORED = ("Churn Risk", "Customer Value", "RFM Segmentation", "RFM Migration")
# Reports whose lists no rules on scores can say.
LISTS = ("ABC Analysis", "Customer Profitability", "Cohort Customers", "Next Product", "Repurchase Interval")
REPORTS = SCORED + LISTS
ON_SCORES = ("segment", "churn_band", "abc_class", "cluster")
ON_CUSTOMER = ("grade", "lifecycle_stage", "city", "account_manager")
# Filters of reports that say how to show, not whom.
SHOWS = ("limit", "by", "show", "at_least")
FIXED, DYNAMIC = "Manual", "Dynamic"


def filters_of(report: str, given) -> frappe._dict:
	"""Filters out of an address or a form, only those that the report has."""
	if report not in REPORTS:
		frappe.throw(_("{0} lists no customers.").format(report), title=_("Save as segment"))
	known = {row.fieldname for row in frappe.get_cached_doc("Report", report).filters}
	return frappe._dict({key: value for key, value in dict(given).items() if key in known and value})


def listed(report: str, filters) -> dict[str, str]:
	"""Customer -> name of those in the rows of the report, with the reader's rights."""
	rows = run(report, filters=filters)["result"]
	return {row["customer"]: row.get("customer_name") or "" for row in rows if row.get("customer")}


def rules_of(report: str, filters) -> list[dict] | None:
	"""Rules that mean the same customers, None where rules cannot say it."""
	known = {*ON_SCORES, *ON_CUSTOMER, *SHOWS}
	if report in ("RFM Migration", *LISTS) or set(filters) - known:
		return None
	rules = [_rule("Scores", name, filters[name]) for name in ON_SCORES if filters.get(name)]
	rules += [_rule("Customer", name, filters[name]) for name in ON_CUSTOMER if filters.get(name)]
	if report == "Churn Risk":
		lowest = filters.get("at_least")
		if lowest in (None, "") and not filters.get("churn_band"):
			lowest = settings.value("retention_threshold")
		if lowest not in (None, ""):
			rules.append(_rule("Scores", "churn_probability", f"{flt(lowest):g}", "at least"))
	return rules or None


def _rule(source: str, fieldname: str, value: str, operator: str = "equals") -> dict:
	return {"source": source, "fieldname": fieldname, "operator": operator, "value": value}


def save(report: str, filters, name: str, kind: str) -> str:
	"""Name of the new Customer Segment. Who may not create one is refused by its own rights."""
	frappe.has_permission(SEGMENT, "create", throw=True)
	name = (name or "").strip()
	if not name:
		frappe.throw(_("Segment Name: enter a name."), title=_("Save as segment"))
	if frappe.db.exists(SEGMENT, name):
		frappe.throw(_("There is a segment {0} already.").format(name), title=_("Save as segment"))
	doc = frappe.new_doc(SEGMENT)
	doc.update(
		{"segment_name": name, "kind": kind, "description": _("From the report {0}").format(_(report))}
	)
	if kind == DYNAMIC:
		doc.extend("rules", _needed(rules_of(report, filters)))
		forgive_custom(doc)
		doc.insert()
		segments.refresh(doc)
		return doc.name
	members = listed(report, filters)
	doc.kind = FIXED
	forgive_custom(doc)
	doc.insert()
	segments.add_by_hand(doc, members)
	return doc.name


def _needed(rules: list[dict] | None) -> list[dict]:
	if rules is None:
		frappe.throw(
			_("Rules cannot say whom these filters mean; save the list instead."), title=_("Save as segment")
		)
	return rules
