"""`worker`: one process that runs queued jobs and the events that are due."""

import logging
import os
import signal
import time

import frappe

from desk import throttle

EVENTS_EVERY = 30  # seconds between looks at the scheduler's clock
IDLE = 1.0  # seconds between looks at an empty queue

logger = logging.getLogger("desk.worker")


class Stopping:
	"""Finishes the job at hand when asked to stop."""

	def __init__(self):
		self.asked = False
		for name in (signal.SIGTERM, signal.SIGINT):
			signal.signal(name, self.ask)

	def ask(self, *_args) -> None:
		self.asked = True


def run(options) -> None:
	from desk import cli

	cli.open_site(options)
	stopping, last_events = Stopping(), 0.0
	guarded(forget_expired_sessions)
	while not stopping.asked and not orphaned(options.parent):
		if time.monotonic() - last_events > EVENTS_EVERY or options.once:
			guarded(run_events)
			last_events = time.monotonic()
		worked = guarded(run_job)
		while worked and options.once:
			worked = guarded(run_job)
		if options.once:
			return
		if not worked:
			time.sleep(IDLE)


def orphaned(parent: int | None) -> bool:
	return bool(parent) and os.getppid() != parent


def guarded(step) -> bool:
	"""One step in its own transaction; a failure is logged and the worker lives on."""
	try:
		frappe.cache.check_version()
		frappe.local.new_request(user="Administrator")
		worked = step()
		frappe.db.commit()
		return bool(worked)
	except Exception:
		frappe.db.rollback()
		logger.exception("worker step failed")
		return False


def run_job() -> bool:
	from frappe.utils.background_jobs import run_next_job

	return run_next_job()


def forget_expired_sessions() -> None:
	from django.contrib.sessions.backends.db import SessionStore

	SessionStore.clear_expired()
	throttle.forget_ended()


def run_events() -> int:
	from frappe.utils.scheduler import run_due_events

	return run_due_events()
