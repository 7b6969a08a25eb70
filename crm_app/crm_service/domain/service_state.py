"""Where a case stands against its service level, from plain values."""

from dataclasses import dataclass
from datetime import datetime

WARN_AT = (50, 75, 100)
DUE_SOON_AT = 75

ON_TIME, DUE_SOON, OVERDUE, ON_HOLD, KEPT, MISSED = (
	"On Time", "Due Soon", "Overdue", "On Hold", "Kept", "Missed",
)  # fmt: skip
FIRST_ANSWER, RESOLUTION = "First Answer", "Resolution"


@dataclass(frozen=True)
class Target:
	"""One promise: when it is due, when it was kept (None while it runs), percent of its time used."""

	kind: str
	due_on: datetime | None
	kept_on: datetime | None = None
	percent: float = 0.0

	@property
	def running(self) -> bool:
		return self.due_on is not None and self.kept_on is None


def state_of(category: str, targets: list[Target], now: datetime) -> str:
	if category == "Paused":
		return ON_HOLD
	late = any(target.due_on and (target.kept_on or now) > target.due_on for target in targets)
	if category != "Open":
		return MISSED if late else KEPT
	if late:
		return OVERDUE
	if any(target.running and target.percent >= DUE_SOON_AT for target in targets):
		return DUE_SOON
	return ON_TIME


def thresholds_passed(target: Target) -> list[int]:
	"""Warning levels that a running target has reached, lowest first."""
	return [level for level in WARN_AT if target.running and target.percent >= level]


def percent_used(elapsed_seconds: float, promised_hours: float) -> float:
	"""100 for a promise of no time at all."""
	if promised_hours <= 0:
		return 100.0
	return 100.0 * elapsed_seconds / (promised_hours * 3600.0)
