"""Complaints summed up by cause, from plain rows."""

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median

from crm_app.utils.money import to_decimal, total

SECONDS_PER_DAY = 86400


@dataclass
class Cause:
	"""One line of the report. `share` and `cumulative` are percentages of all complaints."""

	cause: str | None
	complaints: int = 0
	open: int = 0
	late: int = 0
	share: float = 0.0
	cumulative: float = 0.0
	compensation: list = field(default_factory=list)
	days: list = field(default_factory=list)
	marks: list = field(default_factory=list)

	@property
	def paid(self) -> float:
		return float(total(self.compensation))

	@property
	def days_to_resolve(self) -> float | None:
		return round(median(self.days), 1) if self.days else None

	@property
	def satisfaction(self) -> float | None:
		return round(sum(self.marks) / len(self.marks), 2) if self.marks else None


def by_cause(rows) -> list[Cause]:
	"""Most frequent first, then by name; those without a cause are a line of their own.

	`rows` have cause, status_category, service_level_state, received_on, resolved_on (datetimes),
	compensation_amount and satisfaction.
	"""
	causes: dict = defaultdict(lambda: Cause(None))
	for row in rows:
		_count(causes[row.cause or None], row)
	for name, cause in causes.items():
		cause.cause = name
	ordered = sorted(causes.values(), key=lambda c: (-c.complaints, c.cause is None, c.cause or ""))
	_add_shares(ordered)
	return ordered


def _count(cause: Cause, row) -> None:
	cause.complaints += 1
	cause.open += row.status_category in ("Open", "Paused")
	cause.late += row.service_level_state in ("Overdue", "Missed")
	if to_decimal(row.compensation_amount):
		cause.compensation.append(row.compensation_amount)
	if row.resolved_on:
		cause.days.append((row.resolved_on - row.received_on).total_seconds() / SECONDS_PER_DAY)
	if row.satisfaction:
		cause.marks.append(row.satisfaction)


def _add_shares(ordered: list[Cause]) -> None:
	everything, reached = sum(cause.complaints for cause in ordered), 0
	for cause in ordered:
		reached += cause.complaints
		cause.share = 100.0 * cause.complaints / everything
		cause.cumulative = 100.0 * reached / everything
