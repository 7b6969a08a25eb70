"""Background jobs in a table; a worker process runs them."""

import json

import frappe
from frappe.app_hooks import get_attr


def enqueue(
	method,
	queue="default",
	timeout=None,
	event=None,
	is_async=True,
	job_name=None,
	now=False,
	enqueue_after_commit=False,
	*,
	on_success=None,
	on_failure=None,
	at_front=False,
	job_id=None,
	deduplicate=False,
	**kwargs,
):
	"""Queue `method(**kwargs)`; with `now`, and in tests without a worker, call it here."""
	if now or (frappe.local.flags.in_test and not frappe.local.flags.use_job_table):
		return frappe.call(method, **kwargs)
	if deduplicate and job_id and is_job_enqueued(job_id):
		return None
	path = method if isinstance(method, str) else f"{method.__module__}.{method.__qualname__}"

	def add():
		doc = frappe.get_doc(
			doctype="Background Job",
			queue=queue,
			method=path,
			job_id=job_id,
			job_name=job_name,
			user=frappe.session.user,
			arguments=json.dumps(kwargs, default=str),
		)
		return doc.insert(ignore_permissions=True)

	if not enqueue_after_commit:
		return add()
	frappe.db.after_commit.add(lambda: (add(), frappe.db.commit()))
	return None


def is_job_enqueued(job_id: str) -> bool:
	return bool(
		frappe.db.exists("Background Job", {"job_id": job_id, "status": ("in", ["Queued", "Running"])})
	)


def run_next_job() -> bool:
	"""Claim the oldest queued job, run it in a transaction of its own. False when there is none."""
	job = _claim()
	if not job:
		return False
	frappe.set_user(job.user or "Administrator")
	try:
		frappe.call(get_attr(job.method), **json.loads(job.arguments or "{}"))
		outcome = {"status": "Finished"}
		frappe.db.commit()
	except Exception:
		frappe.db.rollback()
		outcome = {"status": "Failed", "error": frappe.get_traceback()}
	frappe.set_user("Administrator")
	if outcome.get("error"):
		frappe.log_error(f"Background job {job.method}", outcome["error"])
	frappe.db.set_value("Background Job", job.name, {**outcome, "ended_on": frappe.utils.now_datetime()})
	frappe.db.commit()
	return True


def _claim():
	rows = frappe.get_all(
		"Background Job", {"status": "Queued"}, ["name"], order_by="creation asc", limit_page_length=1
	)
	if not rows:
		frappe.db.rollback()
		return None
	job = frappe.db.get_value(
		"Background Job",
		rows[0].name,
		["name", "method", "arguments", "user", "status"],
		as_dict=True,
		for_update=True,
	)
	if job.status != "Queued":
		frappe.db.rollback()
		return _claim()
	values = {"status": "Running", "started_on": frappe.utils.now_datetime()}
	frappe.db.set_value("Background Job", job.name, values)
	frappe.db.commit()
	return job


def run_pending_jobs(limit: int = 1000) -> int:
	"""Run what is queued. Returns how many."""
	count = 0
	while count < limit and run_next_job():
		count += 1
	return count


def drop_old_jobs():
	"""Finished jobs are kept a week, running ones of a killed worker are failed after a day."""
	week = frappe.utils.add_to_date(None, days=-7, as_datetime=True)
	frappe.db.delete("Background Job", {"status": "Finished", "modified": ("<", week)})
	day = frappe.utils.add_to_date(None, days=-1, as_datetime=True)
	frappe.db.set_value("Background Job", {"status": "Running", "modified": ("<", day)}, "status", "Failed")
