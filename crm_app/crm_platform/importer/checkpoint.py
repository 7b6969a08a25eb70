"""Where an import stands, written in the same transaction as the rows: a kill loses or doubles nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.utils import add_to_date, get_datetime, now_datetime

ALIVE = 10  # minutes without a step after which a run or an undo counts as killed
PHASES = ["Errors", "Customers", "Transactions", "Records", "Done"]
COUNTERS = [
	"rows_bad",
	"rows_warned",
	"customers_created",
	"transactions_created",
	"lines_created",
	"records_created",
	"records_updated",
	"records_existing",
]


class ImportBusy(frappe.ValidationError):
	"""Another process carries this import on."""


class ImportStopped(Exception):
	"""Somebody pressed Stop; what is in stays in."""


class Checkpoint:
	"""The durable position of CRM Import `name`: a phase and how many of its records are in."""

	def __init__(self, name: str, progress: Callable[[str, int, int], None] | None = None):
		self.name = name
		self.totals: dict[str, int] = {}
		self.report = progress or (lambda phase, done, total: None)
		stored = frappe.db.get_value("CRM Import", name, ["phase", "position"], as_dict=True)
		self.phase, self.position = stored.phase or PHASES[0], stored.position or 0

	def enter(self, phase: str) -> bool:
		"""Whether there is work left in `phase`; moves on to it when the one before is through."""
		if PHASES.index(phase) < PHASES.index(self.phase):
			return False
		if phase != self.phase:
			with self.step(size=0):
				self._move(phase=phase, position=0)
			self.phase, self.position = phase, 0
		return True

	@contextmanager
	def step(self, size: int) -> Iterator[dict[str, int]]:
		"""One transaction: the rows written inside, the counters filled inside, and the new position."""
		counted = dict.fromkeys(COUNTERS, 0)
		before = self._lock()
		try:
			yield counted
			if size:
				sums = {name: before[name] + number for name, number in counted.items() if number}
				self._move(position=self.position + size, progress=self._percent(size), **sums)
			frappe.db.commit()
		except Exception:
			frappe.db.rollback()
			raise
		self.position += size
		self.report(self.phase, self.position, self.totals.get(self.phase, 0))

	def _lock(self) -> dict:
		fields = ["phase", "position", "stop_requested", *COUNTERS]
		found = frappe.db.get_value("CRM Import", self.name, fields, as_dict=True, for_update=True)
		if ((found.phase or PHASES[0]), found.position or 0) != (self.phase, self.position):
			frappe.db.rollback()
			raise ImportBusy(_("{0} is already running in another process").format(self.name))
		if found.stop_requested:
			frappe.db.rollback()
			raise ImportStopped
		return {name: value or 0 for name, value in found.items() if name in COUNTERS}

	def _percent(self, size: int) -> float:
		done = sum(self.totals.get(phase, 0) for phase in PHASES[: PHASES.index(self.phase)])
		whole = sum(self.totals.values()) or 1
		return round(100 * (done + self.position + size) / whole, 1)

	def _move(self, **values) -> None:
		frappe.db.set_value("CRM Import", self.name, values)


def is_alive(record) -> bool:
	"""Whether a CRM Import that runs or is taken back has done a step lately; a killed one has not."""
	return get_datetime(record.modified) > add_to_date(now_datetime(), minutes=-ALIVE)
