"""Buttons of Analytics Settings and Analytics Run; the work itself happens in the background."""

import frappe
from frappe import _

from crm_app.crm_analytics.domain.refresh_plan import FULL
from crm_app.crm_analytics.scores import runs
from crm_app.crm_analytics.scores.facts import in_words
from crm_app.crm_analytics.scores.work import RUN
from crm_app.crm_analytics.scores.work import carry_on as work_on
from crm_app.utils.actions import stored

TIMEOUT = 12 * 3600


@frappe.whitelist()
def refresh_now(doc: str | dict) -> dict:
	"""The refresh that is due: the smallest one that makes the scores right."""
	return _start(stored(doc, "Analytics Settings"), None)


@frappe.whitelist()
def fit_now(doc: str | dict) -> dict:
	"""New models, then everybody."""
	return _start(stored(doc, "Analytics Settings"), FULL)


def _start(settings, wanted: str | None) -> dict:
	name = runs.start(wanted)
	in_background(name)
	frappe.msgprint(
		_("{0} is running in the background: {1}").format(
			f'<a href="/app/analytics-run/{name}">{name}</a>',
			in_words(frappe.db.get_value(RUN, name, "reason")),
		)
	)
	return settings.as_dict()


def in_background(name: str) -> None:
	frappe.enqueue(
		"crm_app.crm_analytics.scores.actions.work",
		queue="long",
		timeout=TIMEOUT,
		enqueue_after_commit=True,
		job_id=f"crm_scores_{name}",
		deduplicate=True,
		run=name,
	)


def work(run: str) -> None:
	"""The background job; a run that another process has taken is left to it."""
	try:
		work_on(run)
	except frappe.ValidationError:
		frappe.clear_messages()


@frappe.whitelist()
def carry_on(doc: str | dict) -> dict:
	"""Go on after a stop, a failure or a kill."""
	run = stored(doc, RUN)
	if run.status == "Completed":
		frappe.throw(_("{0} is complete already").format(run.name), title=_(RUN))
	frappe.db.set_value(RUN, run.name, {"status": "Queued", "stop_requested": 0})
	in_background(run.name)
	frappe.msgprint(_("The refresh goes on in the background; open it again to see how far it is."))
	return _shown(run)


@frappe.whitelist()
def stop(doc: str | dict) -> dict:
	"""Ask a run to stop after the customers it is writing."""
	run = stored(doc, RUN)
	if run.status not in ("Queued", "Running"):
		frappe.throw(_("{0} is not running").format(run.name), title=_(RUN))
	values = {"stop_requested": 1, **({"status": "Stopped"} if run.status == "Queued" else {})}
	frappe.db.set_value(RUN, run.name, values)
	return _shown(run)


def _shown(run) -> dict:
	run.reload()
	run.onload()
	return run.as_dict()
