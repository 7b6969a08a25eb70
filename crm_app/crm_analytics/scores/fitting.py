"""The step that looks at everybody: reads all histories, fits each part, stores a new version."""

import json
from collections.abc import Callable
from datetime import date, timedelta

import frappe
import pandas as pd
from frappe.utils import now_datetime

from crm_app.crm_analytics.scores import histories, settings
from crm_app.crm_analytics.scores.part import FALLBACK, Fitted, Part, Population
from crm_app.crm_analytics.scores.parts import PARTS
from crm_app.crm_analytics.scores.segments import defined
from crm_app.customising.mandatory import forgive_custom

MODEL = "Analytics Model"
KEPT = 30  # versions
STEP = 20_000  # customers a query while fitting
SHOWN = ("auc", "calibration_error", "forecast_total", "actual_total", "correlation")
STORED = ("method", "status", "message", "log_likelihood")


def fit(as_of: date, told: Callable[[int], None] = lambda customers: None) -> int:
	"""Fits every part and stores the new version, whose number it returns. Does not commit.

	`told(customers)` is called after each step of reading.
	"""
	population = read_population(as_of, told)
	for part in PARTS:
		population.fitted[part.kind] = fit_part(part, population)
	return store(population)


def fit_part(part: Part, population: Population) -> Fitted:
	"""What the data cannot give is a fallback with its reason, never a refresh that breaks off."""
	try:
		return part.fit(population).plain()
	except ValueError as error:  # NotEnoughHistory, impossible values
		return Fitted(part.kind, "None", status=FALLBACK, message=str(error)).plain()


def read_population(as_of: date, told: Callable[[int], None]) -> Population:
	frozen = settings.frozen()
	cut = time_split(as_of, frozen["churn_days"])
	now, past, later, done = [], [], [], 0
	for span in histories.spans(STEP):
		now.append(histories.read(span, as_of, frozen["currency"]).drop(columns="customer_name"))
		past.append(histories.read(span, cut, frozen["currency"]).drop(columns="customer_name"))
		later.append(histories.days_after(span, cut, as_of))
		done += len(now[-1])
		told(done)
	was = pd.concat(past)
	bought = pd.concat(later).reindex(was.index, fill_value=0)
	return Population(pd.concat(now), was, bought, as_of, cut, frozen, defined())


def time_split(as_of: date, days: int) -> date:
	"""So many days before the end, but never more than a third of what there is."""
	ends = histories.first_and_last()
	whole = (as_of - ends[0]).days if ends else 0
	return as_of - timedelta(days=max(0, min(days, whole // 3)))


def store(population: Population) -> int:
	version = latest_version() + 1
	frappe.db.set_value(MODEL, {"is_current": 1}, "is_current", 0)
	for fitted in population.fitted.values():
		doc = frappe.get_doc(document(fitted, population, version))
		forgive_custom(doc)
		doc.insert(ignore_permissions=True)  # people may read models, the job alone writes them
	frappe.db.delete(MODEL, {"version": ["<=", version - KEPT]})
	return version


def document(fitted: Fitted, population: Population, version: int) -> dict:
	ends = histories.first_and_last()
	return {
		"doctype": MODEL,
		"kind": fitted.kind,
		"version": version,
		"is_current": 1,
		"fitted_on": now_datetime(),
		"as_of": population.as_of,
		"cut": population.cut,
		"window_from": ends[0] if ends else None,
		"customers": fitted.size,
		"population": len(population.now),
		"fingerprint": settings.fingerprint(),
		"parameters": json.dumps(fitted.params, ensure_ascii=False),
		"standard_errors": json.dumps(fitted.standard_errors),
		"quality": json.dumps(fitted.quality),
		**{name: getattr(fitted, name) for name in STORED},
		**{name: fitted.quality.get(name) or 0 for name in SHOWN},
	}


def latest_version() -> int:
	found = frappe.get_all(MODEL, fields=["version"], order_by="version desc", limit_page_length=1)
	return found[0].version if found else 0


def load(version: int) -> dict[str, Fitted]:
	"""Kind -> what was fitted, exactly as it was."""
	columns = ["kind", *STORED, "customers", "parameters", "standard_errors", "quality"]
	rows = frappe.get_all(MODEL, filters={"version": version}, fields=columns, limit_page_length=0)
	return {
		row.kind: Fitted(
			kind=row.kind,
			params=json.loads(row.parameters or "{}"),
			standard_errors=json.loads(row.standard_errors or "{}"),
			quality=json.loads(row.quality or "{}"),
			size=row.customers,
			**{name: row[name] for name in STORED},
		)
		for row in rows
	}
