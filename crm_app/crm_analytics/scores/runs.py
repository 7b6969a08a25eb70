"""Which refresh is due, who may start it, and when: `refresh()` plans one and carries it out."""

from datetime import date, timedelta

import frappe
from frappe.utils import get_datetime, getdate, now_datetime, nowdate

from crm_app.crm_analytics.domain import refresh_plan
from crm_app.crm_analytics.domain.refresh_plan import FULL, INCREMENTAL, Standing
from crm_app.crm_analytics.sales_query import Money
from crm_app.crm_analytics.scores import facts, fitting, histories, settings
from crm_app.crm_analytics.scores.changes import changed_customers
from crm_app.crm_analytics.scores.work import FIT, RUN, SCORE, Told, carry_on
from crm_app.customising.mandatory import forgive_custom

OVERLAP = timedelta(minutes=15)  # a sale's stamp is older than its commit
UNFINISHED = ["Queued", "Running", "Stopped", "Failed"]


def refresh(wanted: str | None = None, as_of: date | None = None, told: Told | None = None) -> str:
	"""Plan a refresh, carry it out here and now, and return the name of its Analytics Run.

	`told(step, done, total)` is called after each step. Commits step by step.
	"""
	return carry_on(start(wanted, as_of), told)


def start(wanted: str | None = None, as_of: date | None = None) -> str:
	"""Note the run that is due and why; an unfinished one that still fits is taken up instead. Commits."""
	as_of = as_of or day_of_scores()
	found, since = standing(), None
	changed: list[str] = []
	if found and found.as_of == as_of:
		since = last_watermark() - OVERLAP
		changed = changed_customers(since)
	mark = settings.fingerprint()
	refit = settings.value("refit_days")
	due = refresh_plan.plan(found, as_of, getdate(nowdate()), mark, refit, len(changed), wanted)
	if name := unfinished(due.kind, as_of, mark):
		frappe.db.set_value(RUN, name, {"status": "Queued", "stop_requested": 0})
		frappe.db.commit()
		return name
	forget_unfinished()
	run = frappe.get_doc(
		{
			"doctype": RUN,
			"kind": due.kind,
			"status": "Queued",
			"as_of": as_of,
			"reason": facts.fact(due.reason, *due.values),
			"model_version": found.version if found and due.kind != FULL else 0,
			"changed_since": since if due.kind == INCREMENTAL else None,
			"watermark": now_datetime(),
			"currency": Money().code,
			"step": FIT if due.kind == FULL else SCORE,
		}
	)
	forgive_custom(run)
	run.insert(ignore_permissions=True)  # who may start a refresh was asked before
	frappe.db.commit()
	return run.name


def day_of_scores() -> date:
	"""Today, or the day of the last sale where the settings say so and it lies in the past."""
	today = getdate(nowdate())
	ends = histories.first_and_last()
	if settings.value("as_of_rule") == "Current Day" or not ends:
		return today
	return min(today, ends[1])


def standing() -> Standing | None:
	"""The latest complete scores of everybody."""
	columns = ["as_of", "model_version", "customers_scored"]
	order = "ended_on desc, creation desc"
	found = frappe.get_all(
		RUN,
		filters={"status": "Completed", "kind": ["!=", INCREMENTAL]},
		fields=columns,
		order_by=order,
		limit_page_length=1,
	)
	if not found:
		return None
	models = frappe.get_all(
		fitting.MODEL,
		filters={"version": found[0].model_version},
		fields=["fitted_on", "fingerprint"],
		limit_page_length=1,
	)
	if not models:
		return None
	return Standing(
		as_of=getdate(found[0].as_of),
		version=found[0].model_version,
		fitted_on=getdate(models[0].fitted_on),
		fingerprint=models[0].fingerprint,
		customers=found[0].customers_scored,
	)


def last_watermark():
	rows = frappe.get_all(
		RUN, {"status": "Completed"}, ["watermark"], order_by="watermark desc", limit_page_length=1
	)
	return get_datetime(rows[0].watermark)


def unfinished(kind: str, as_of: date, fingerprint: str) -> str | None:
	"""A run of the same kind and day that was stopped or killed, with models of the present settings."""
	order = "creation desc"
	rows = frappe.get_all(
		RUN,
		filters={"status": ["in", UNFINISHED], "kind": kind, "as_of": as_of},
		fields=["name", "model_version"],
		order_by=order,
		limit_page_length=1,
	)
	if not rows or kind == INCREMENTAL:
		return None
	version = rows[0].model_version
	fits = not version or fingerprint == frappe.db.get_value(
		fitting.MODEL, {"version": version}, "fingerprint"
	)
	return rows[0].name if fits else None


def forget_unfinished() -> None:
	"""What a new run replaces is not carried on any more. A run at work notices that it was stopped."""
	values = {"stop_requested": 1, "status": "Stopped", "message": facts.fact(facts.TAKEN_OVER)}
	for name in frappe.get_all(RUN, {"status": ["in", UNFINISHED], "stop_requested": 0}, pluck="name"):
		frappe.db.set_value(RUN, name, values)
