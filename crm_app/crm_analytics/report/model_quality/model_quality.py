"""How far the models behind the scores can be trusted."""

import json

import frappe
from frappe import _
from frappe.utils import cint, flt

from crm_app.crm_analytics.report_parts import card, column, form_route
from crm_app.crm_analytics.scores.fitting import MODEL
from crm_app.crm_analytics.scores.snapshot import note, snapshot

FIELDS = [
	"name", "kind", "version", "method", "status", "message", "fitted_on", "as_of", "cut", "customers",
	"population", "log_likelihood", "auc", "calibration_error", "forecast_total", "actual_total",
	"correlation", "parameters", "quality",
]  # fmt: skip
ORDER = "version desc, kind asc"


def execute(filters=None):
	filters = frappe._dict(filters or {})
	state = snapshot()
	chosen = {} if cint(filters.all_versions) else {"is_current": 1}
	if filters.kind:
		chosen["kind"] = filters.kind
	models = frappe.get_list(MODEL, filters=chosen, fields=FIELDS, order_by=ORDER, limit_page_length=0)
	churn = next((model for model in models if model.kind == "Churn"), None)
	return columns(), [row(model) for model in models], note(state), chart(churn), cards(models)


def row(model) -> dict:
	names = ("kind", "method", "status", "message")
	return {
		**model,
		**{name: _(model[name] or "") for name in names},
		"version_route": form_route(MODEL, model.name),
		"parameters": in_words(json.loads(model.parameters or "{}")),
		"auc": model.auc or None,
		"calibration_error": model.calibration_error if model.auc else None,
		**{
			name: model[name] if model.actual_total else None
			for name in ("forecast_total", "actual_total", "correlation")
		},
	}


def in_words(params: dict) -> str:
	"""The estimates of a model, four digits each."""
	values = params.get("values") or params.get("effects") or {}
	return ", ".join(f"{name} {value:.4g}" for name, value in values.items())


def columns() -> list[dict]:
	return [
		column("kind", _("Kind"), width=110),
		column("version", _("Version"), "Int", 70),
		column("method", _("Method"), width=130),
		column("status", _("Status"), width=100),
		column("message", _("Message"), width=240),
		column("parameters", _("Parameters"), width=260),
		column("fitted_on", _("Fitted On"), "Datetime", 165),
		column("as_of", _("As Of"), "Date", 110),
		column("cut", _("Time Split"), "Date", 110),
		column("customers", _("Customers Fitted"), "Int", 100),
		column("population", _("Customers in All"), "Int", 100),
		column("log_likelihood", _("Log-likelihood"), "Float", 120, precision=2),
		column("auc", _("AUC on the Time Split"), "Float", 100, precision=3),
		column("calibration_error", _("Calibration Error"), "Float", 100, precision=3),
		column("forecast_total", _("Forecast after the Split"), "Float", 110, precision=1),
		column("actual_total", _("Actual after the Split"), "Float", 110, precision=1),
		column("correlation", _("Correlation of Forecast and Actual"), "Float", 110, precision=3),
	]


def chart(churn) -> dict | None:
	"""Expected and actual share of the lost, tenth by tenth of the customers."""
	table = json.loads(churn.quality or "{}").get("calibration") if churn else None
	if not table:
		return None
	sets = ((_("Expected Share of the Lost (%)"), "expected"), (_("Actual Share of the Lost (%)"), "actual"))
	return {
		"title": _("Calibration: tenths of the customers by churn probability"),
		"data": {
			"labels": [str(number) for number in range(1, len(table) + 1)],
			"datasets": [
				{"name": name, "values": [round(100 * flt(part[key]), 1) for part in table]}
				for name, key in sets
			],
		},
		"type": "line",
		"fieldtype": "Float",
	}


def cards(models: list) -> list[dict]:
	"""Of the newest models shown."""
	newest = {}
	for model in models:
		newest.setdefault(model.kind, model)
	found = []
	if churn := newest.get("Churn"):
		found.append(card(_("AUC on the Time Split"), round(flt(churn.auc), 3), "Float", "Green"))
		found.append(card(_("Calibration Error"), round(flt(churn.calibration_error), 3), "Float", "Green"))
	purchases = newest.get("Purchases")
	if purchases and purchases.actual_total:
		found.append(card(_("Forecast after the Split"), flt(purchases.forecast_total), "Float"))
		found.append(card(_("Actual after the Split"), flt(purchases.actual_total), "Float"))
	return found
