"""Carrying a run out, step by step; each step is one transaction that also notes where the run stands."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

import frappe
from frappe import _
from frappe.utils import add_months, flt, get_datetime, get_last_day, getdate, now_datetime

from crm_app.crm_analytics.domain.refresh_plan import FULL, INCREMENTAL
from crm_app.crm_analytics.scores import facts, fitting, histories, settings, writer
from crm_app.crm_analytics.scores.changes import changed_customers
from crm_app.crm_analytics.scores.part import Fitted

RUN = "Analytics Run"
FIT, SCORE, MONTH_END = "Fit", "Score", "Month End"
COUNTERS = ("customers_scored", "rows_removed", "sales_read", "other_currency", "history_rows")
FIT_SHARE = 30  # percent of the progress of a full run

Told = Callable[[str, int, int], None]


class RunBusy(frappe.ValidationError):
	"""Another process carries this run on."""


class RunStopped(Exception):
	"""Somebody pressed Stop; what is scored stays so."""


@dataclass
class Work:
	"""A run in progress, and where it stands in the database: `step` and the last customer of it."""

	name: str
	kind: str
	as_of: date
	version: int
	step: str
	position: str
	changed_since: object
	told: Told
	total: int = 0
	done: int = 0
	size: int = 5000
	fitted: dict[str, Fitted] = field(default_factory=dict)

	@contextmanager
	def one_step(self, position: str, customers: int) -> Iterator[dict[str, int]]:
		"""One transaction: the rows written inside, the counters filled inside, the new position."""
		counted = dict.fromkeys(COUNTERS, 0)
		before = self._lock()
		yield counted
		self.done += customers
		sums = {name: before[name] + number for name, number in counted.items() if number}
		self._note(position=position, progress=self.percent(), **sums)
		self.position = position
		frappe.db.commit()
		self.told(self.step, self.done, self.total)

	def enter(self, step: str, **values) -> None:
		"""Go on to a step; its first customer is next."""
		if step == self.step and not values:
			return
		self._lock()
		self._note(step=step, position="", **values)
		frappe.db.commit()
		self.step, self.position, self.done = step, "", 0

	def check(self) -> None:
		"""Between two queries that write nothing: stop where somebody asked for it."""
		self._lock()
		frappe.db.commit()

	def _lock(self) -> dict:
		columns = ["step", "position", "stop_requested", *COUNTERS]
		found = frappe.db.get_value(RUN, self.name, columns, as_dict=True, for_update=True)
		if found.stop_requested:
			raise RunStopped
		if (found.step, found.position or "") != (self.step, self.position):
			raise RunBusy(_("{0} is already running in another process").format(self.name))
		return {name: found[name] or 0 for name in COUNTERS}

	def _note(self, **values) -> None:
		frappe.db.set_value(RUN, self.name, values)

	def percent(self) -> float:
		share = min(1.0, self.done / self.total) if self.total else 1.0
		start = {FIT: 0, SCORE: FIT_SHARE if self.kind == FULL else 0}.get(self.step, 90)
		end = {FIT: FIT_SHARE, SCORE: 100 if self.kind == INCREMENTAL else 90}.get(self.step, 99)
		return round(start + share * (end - start), 1)


def carry_on(name: str, told: Told | None = None) -> str:
	"""Work at run `name` until its end; its record says how that was. Raises what broke it."""
	began = time.monotonic()
	work = _open(name, told or (lambda step, done, total: None))
	try:
		_all_steps(work)
	except RunStopped:
		frappe.db.rollback()
		_close(name, began, status="Stopped", message=facts.fact(facts.STOPPED))
	except RunBusy:
		frappe.db.rollback()
		raise
	except Exception as broken:
		frappe.db.rollback()
		_close(name, began, status="Failed", message=str(broken)[:500], error=frappe.get_traceback())
		raise
	else:
		_close(name, began, status="Completed", progress=100, step="", position="", message=_notes(name))
	return name


def _open(name: str, told: Told) -> Work:
	record = frappe.get_doc(RUN, name)
	if record.status == "Completed":
		frappe.throw(_("{0} is complete already").format(name), title=_(RUN))
	values = {"status": "Running", "started_on": record.started_on or now_datetime(), "ended_on": None}
	frappe.db.set_value(RUN, name, {**values, "message": "", "error": ""})
	frappe.db.commit()
	work = Work(
		name,
		record.kind,
		getdate(record.as_of),
		record.model_version,
		record.step or SCORE,
		record.position or "",
		record.changed_since,
		told,
		size=settings.value("chunk_size"),
	)
	work.total = frappe.db.count("CRM Customer")
	work.done = record.customers_scored or 0 if work.step == SCORE else 0
	frappe.db.set_value(RUN, name, "customers_total", work.total)
	frappe.db.commit()
	return work


def _close(name: str, began: float, **values) -> None:
	values["ended_on"] = now_datetime()
	values["seconds"] = flt(frappe.db.get_value(RUN, name, "seconds")) + time.monotonic() - began
	frappe.db.set_value(RUN, name, values)
	frappe.db.commit()


def _all_steps(work: Work) -> None:
	if work.step == FIT:
		_fit(work)
	work.fitted = fitting.load(work.version)
	if work.step == SCORE:
		_score(work)
	if work.kind != INCREMENTAL:
		_month_ends(work)


def _fit(work: Work) -> None:
	"""Read only, until the models are stored: a kill makes it start again."""

	def told(customers: int) -> None:
		work.done = customers
		work.check()
		work.told(FIT, customers, work.total)

	version = fitting.fit(work.as_of, told)
	work.enter(SCORE, model_version=version, progress=FIT_SHARE)
	work.version = version


def _score(work: Work) -> None:
	for span in _spans(work):
		with work.one_step(span.last, span.count or work.size) as counted:
			done = writer.replace_scores(span, work.fitted, work.as_of, work.version)
			counted.update(
				customers_scored=done["scored"],
				rows_removed=done["removed"],
				sales_read=done["read"],
				other_currency=done["other_currency"],
			)


def _spans(work: Work) -> Iterator[histories.Span]:
	if work.kind != INCREMENTAL:
		yield from histories.spans(work.size, work.position)
		return
	changed = changed_customers(get_datetime(work.changed_since))
	work.total = len(changed)
	names = [name for name in changed if name > work.position]
	for start in range(0, len(names), histories.NAMES_AT_ONCE):
		yield histories.Span(names=names[start : start + histories.NAMES_AT_ONCE])


def _month_ends(work: Work) -> None:
	"""Month ends that are not there yet, oldest first, so that a trend grows at its end."""
	for day in _missing_month_ends(work.as_of):
		step = f"{MONTH_END} {day}"
		work.enter(step)
		for span in histories.spans(work.size, work.position):
			with work.one_step(span.last, work.size) as counted:
				counted["history_rows"] = writer.replace_history(span, work.fitted, day, work.version)
		done = f"{frappe.db.get_value(RUN, work.name, 'months_done') or ''} {day}".strip()
		work.enter(MONTH_END, months_done=done)


def _missing_month_ends(as_of: date) -> list[date]:
	ends, there = histories.first_and_last(), history_days()
	if not ends:
		return []
	months = range(settings.value("history_months"), 0, -1)
	days = [getdate(get_last_day(add_months(as_of, -back))) for back in months]
	return [day for day in days if ends[0] <= day < as_of and day not in there]


def history_days() -> set[date]:
	"""Month ends that are complete, as the runs that wrote them noted."""
	rows = frappe.get_all(
		RUN, filters={"months_done": ["is", "set"]}, pluck="months_done", limit_page_length=0
	)
	return {getdate(day) for text in rows for day in text.split()}


def _notes(name: str) -> str:
	"""What a reader of the scores should know about the data."""
	found = frappe.db.get_value(RUN, name, ["customers_scored", "other_currency", "kind"], as_dict=True)
	notes = []
	if not found.customers_scored and found.kind != INCREMENTAL:
		notes.append(facts.fact(facts.NOBODY))
	if found.other_currency:
		notes.append(facts.fact(facts.OTHER_CURRENCY, found.other_currency))
	return facts.several(*notes)
