"""Who is about to leave, how sure that is, why, and what is at stake."""

import frappe
from frappe import _
from frappe.utils import flt

from crm_app.crm_analytics.report_parts import card, column, list_route, money_column, report_route
from crm_app.crm_analytics.sales_query import PLACES, kept
from crm_app.crm_analytics.scores import settings
from crm_app.crm_analytics.scores.fitting import MODEL
from crm_app.crm_analytics.scores.snapshot import note, rows_of, snapshot, sums_by
from crm_app.crm_analytics.scores.wording import reasons_of

REPORT = "Churn Risk"
FIELDS = [
	"churn_probability", "churn_band", "value_at_risk", "last_sale", "recency_days", "segment",
	"reason_1", "reason_2", "reason_3",
]  # fmt: skip
FILTERS = ("at_least", "churn_band", "segment", "grade", *PLACES, "account_manager", "customer_segment")
BANDS = {"High": "#d9705f", "Medium": "#f2b84b", "Low": "#7aa95c"}


def execute(filters=None):
	filters = frappe._dict(filters or {})
	state = snapshot()
	if not state.as_of:
		return columns(), [], note(state)
	bands = sums_by(by_band, ["value_at_risk"], {**filters, "churn_band": None})
	model = frappe.db.get_value(
		MODEL,
		{"kind": "Churn", "version": state.version},
		["auc", "calibration_error"],
		as_dict=True,
	)
	return (
		columns(),
		rows(filters, state),
		note(state, REPORT, filters),
		chart(bands),
		cards(bands, model, state),
	)


def lowest(filters) -> float:
	"""The filter's probability, else the settings' threshold; none where a band is chosen."""
	if filters.get("at_least") not in (None, ""):
		return min(max(flt(filters.get("at_least")), 0.0), 100.0)
	return 0.0 if filters.get("churn_band") else settings.value("retention_threshold")


def rows(filters, state) -> list[dict]:
	"""Where most is at stake first: who is gone for years has nothing left to save."""
	surely = ("churn_probability", lowest(filters))
	found = rows_of(FIELDS, filters, "value_at_risk", surely)
	tasks = open_tasks([row["customer"] for row in found])
	for row in found:
		reasons = reasons_of(row, state.currency)
		row.update({f"why_{place}": reason for place, reason in enumerate(reasons, 1)})
		row["segment_route"] = report_route(REPORT, **{**kept(filters, *FILTERS), "segment": row["segment"]})
		row["last_sale_route"] = list_route("CRM Transaction", customer=row["customer"], docstatus=1)
		row.update(segment=_(row["segment"]), churn_band=_(row["churn_band"] or ""), currency=state.currency)
		row["task"] = tasks.get(row["customer"])
	return found


def open_tasks(customers: list[str]) -> dict[str, str]:
	"""Customer -> their open retention task."""
	if not customers or not frappe.has_permission("Retention Task", "read"):
		return {}
	found = frappe.get_all("Retention Task", {"status": "Open"}, ["customer", "name"], limit_page_length=0)
	listed = set(customers)
	return {row.customer: row.name for row in found if row.customer in listed}


def by_band(score, customer):
	return {"band": score.churn_band}


def columns() -> list[dict]:
	return [
		column("customer", _("Customer"), "Link", 120, options="CRM Customer"),
		column("customer_name", _("Customer Name"), width=160),
		column("churn_probability", _("Churn Probability"), "Percent", 100, precision=1),
		column("churn_band", _("Churn Risk"), width=100),
		money_column("value_at_risk", _("Value at Risk"), 120),
		column("last_sale", _("Last Sale"), "Date", 110),
		column("recency_days", _("Days Since Last Sale"), "Int", 90),
		column("why_1", _("First Reason"), width=280),
		column("why_2", _("Second Reason"), width=240),
		column("why_3", _("Third Reason"), width=240),
		column("segment", _("Segment"), width=130),
		column("account_manager", _("Account Manager"), "Link", 150, options="User"),
		column("task", _("Open Task"), "Link", 110, options="Retention Task"),
	]


def chart(bands: list[dict]) -> dict | None:
	sizes = {row["band"]: row["customers"] for row in bands}
	if not sizes:
		return None
	return {
		"title": _("Customers by churn risk"),
		"data": {
			"labels": [_(name) for name in BANDS],
			"datasets": [{"name": _("Customers"), "values": [sizes.get(name, 0) for name in BANDS]}],
		},
		"type": "donut",
		"colors": list(BANDS.values()),  # no fieldtype: Frappe would write its markup into the legend
	}


def cards(bands: list[dict], model, state) -> list[dict]:
	if not bands:
		return []
	high = sum(row["customers"] for row in bands if row["band"] == "High")
	stake = sum(flt(row["value_at_risk"]) for row in bands)
	found = [
		card(_("Customers"), sum(row["customers"] for row in bands), "Int"),
		card(_("High Churn Risk"), high, "Int", "Red"),
		card(_("Value at Risk"), round(stake, 2), "Currency", "Orange", currency=state.currency),
		card(_("Lost after No Purchase for (Days)"), settings.value("churn_days"), "Int"),
	]
	if not model:
		return found
	return [
		*found,
		card(_("AUC on the Time Split"), round(flt(model.auc), 3), "Float", "Green"),
		card(_("Calibration Error"), round(flt(model.calibration_error), 3), "Float", "Green"),
	]
