"""The stages of a complaint as data. Workflow states map to them, so states can be renamed and added."""

from dataclasses import dataclass

OPEN, PAUSED, RESOLVED, CLOSED = "Open", "Paused", "Resolved", "Closed"


@dataclass(frozen=True)
class Stage:
	"""`step` orders the main road; side stages share the step they branch off from."""

	category: str
	step: int
	requires: tuple[str, ...] = ()
	stamp: str | None = None
	side: bool = False


STAGES = {
	"Received": Stage(OPEN, 0),
	"Classified": Stage(OPEN, 1, ("category", "severity"), "classified_on"),
	"Escalated": Stage(OPEN, 1, side=True),
	"Investigating": Stage(OPEN, 2, ("assigned_to",), "investigated_on"),
	"On Hold": Stage(PAUSED, 2, ("hold_reason",), side=True),
	"Compensation": Stage(OPEN, 2, ("compensation_type", "compensation_amount"), side=True),
	"Compensation Approved": Stage(OPEN, 2, ("compensation_type", "compensation_amount"), side=True),
	"Resolved": Stage(RESOLVED, 3, ("cause", "resolution"), "resolved_on"),
	"Feedback": Stage(RESOLVED, 4, (), "feedback_on"),
	"Archived": Stage(CLOSED, 5, (), "archived_on"),
}

STAMPS = tuple(stage.stamp for stage in STAGES.values() if stage.stamp)
OPEN_ACTIONS = ("Planned", "In Progress")


def required_fields(name: str) -> list[str]:
	"""What must be filled in at the stage: its own needs and those of every main stage before it."""
	here = STAGES[name]
	needed = [
		fieldname
		for stage in STAGES.values()
		if stage is here or (not stage.side and stage.step <= here.step)
		for fieldname in stage.requires
	]
	return list(dict.fromkeys(needed))


def is_reached(name: str, milestone: str) -> bool:
	return STAGES[name].step >= STAGES[milestone].step


def stamps_to_set(name: str) -> list[str]:
	"""Date fields of the main stages up to and including `name`; a side stage dates nothing."""
	here = STAGES[name]
	if here.side:
		return []
	return [s.stamp for s in STAGES.values() if s.stamp and s.step <= here.step]


def stamps_to_clear(name: str) -> list[str]:
	"""Date fields of the stages that a reopened case has yet to reach again."""
	return [] if STAGES[name].side else [stamp for stamp in STAMPS if stamp not in stamps_to_set(name)]


def unfinished(actions) -> list:
	return [row for row in actions if row.action_status in OPEN_ACTIONS]
