"""What a workflow must offer so that the app's logic, which keys on categories, goes on working."""

from dataclasses import dataclass

from crm_app.customising.domain.conditions import settled
from crm_app.utils.rules import RuleError, Term, _


@dataclass(frozen=True)
class State:
	name: str
	docstatus: int
	update_field: str
	category: str


@dataclass(frozen=True)
class Step:
	state: str
	action: str
	next_state: str
	role: str = ""
	condition: str = ""


@dataclass(frozen=True)
class Needs:
	"""What the shipped workflow of a DocType says about categories.

	`docstatus` maps a category to those it may have; `needed` must be reachable; `final` may be an end.
	"""

	field: str
	first: str
	docstatus: dict[str, frozenset[int]]
	needed: tuple[str, ...]
	final: frozenset[str]
	options: tuple[str, ...]


def needs_of(
	states: list[State], steps: list[Step], needed: tuple[str, ...], options: tuple[str, ...]
) -> Needs:
	"""Read from the shipped states and steps; submitted categories are always needed."""
	left = {step.state for step in steps}
	docstatus: dict[str, set[int]] = {}
	for state in states:
		docstatus.setdefault(state.category, set()).add(state.docstatus)
	submitted = [state.category for state in states if state.docstatus == 1]
	return Needs(
		field=states[0].update_field,
		first=states[0].category,
		docstatus={category: frozenset(values) for category, values in docstatus.items()},
		needed=tuple(dict.fromkeys([*submitted, *needed])),
		final=frozenset(state.category for state in states if state.name not in left),
		options=options,
	)


def check_workflow(states: list[State], steps: list[Step], submittable: bool, needs: Needs | None) -> None:
	"""Raises RuleError for the first thing that would not work."""
	by_name = {state.name: state for state in states}
	_check_twice(states, by_name)
	_check_docstatus(by_name, steps)
	_check_shadows(steps)
	steps = [step for step in steps if settled(step.condition) is not False]
	reachable = _reachable({states[0].name}, steps)
	if submittable and not any(by_name[name].docstatus == 1 for name in reachable if name in by_name):
		raise RuleError(_("No step leads to a submitted state (Doc Status 1), which this record needs."))
	if needs:
		_check_categories(states, needs)
		_check_needed(by_name, reachable, needs)
	_check_ends(states, steps, submittable, needs)


def _check_twice(states: list[State], by_name: dict[str, State]) -> None:
	"""A state stands there once for each role that may edit in it; all else must be the same."""
	for state in states:
		if state != by_name[state.name]:
			raise RuleError(
				_("State {0} is listed twice: Doc Status, Update Field and Update Value must be the same."),
				state.name,
			)


def _check_docstatus(by_name: dict[str, State], steps: list[Step]) -> None:
	for step in steps:
		before, after = by_name[step.state].docstatus, by_name[step.next_state].docstatus
		if before == 2 or (before, after) in ((1, 0), (0, 2)):
			raise RuleError(
				_("No step can lead from {0} to {1}: a record is submitted, then cancelled, and never back."),
				step.state,
				step.next_state,
			)


def _reachable(first: set[str], steps: list[Step]) -> set[str]:
	found, todo = set(first), list(first)
	while todo:
		here = todo.pop()
		fresh = {step.next_state for step in steps if step.state == here} - found
		found |= fresh
		todo += fresh
	return found


def _check_categories(states: list[State], needs: Needs) -> None:
	for state in states:
		if not (state.update_field or state.category or state.docstatus):
			continue  # an added stage keeps the category of the one before
		if state.update_field != needs.field or state.category not in needs.options:
			raise RuleError(
				_("State {0} needs a category: Update Field {1}, Update Value one of {2}."),
				state.name,
				needs.field,
				tuple(map(Term, needs.options)),
			)
		allowed = needs.docstatus.get(state.category)
		if allowed and state.docstatus not in allowed:
			raise RuleError(
				_("State {0} with category {1} needs Doc Status {2}."),
				state.name,
				Term(state.category),
				tuple(map(str, sorted(allowed))),
			)
	if states[0].category != needs.first:
		raise RuleError(_("The first state needs the category {0}."), Term(needs.first))


def _check_needed(by_name: dict[str, State], reachable: set[str], needs: Needs) -> None:
	offered = {by_name[name].category for name in reachable}
	for category in needs.needed:
		if category not in offered:
			raise RuleError(
				_("No step leads to a state with the category {0}, which the app needs."), Term(category)
			)


def _check_ends(states: list[State], steps: list[Step], submittable: bool, needs: Needs | None) -> None:
	"""From every state some way leads to an end.

	Where the shipped workflow can go on for ever, its last needed category is the end. An own workflow of
	records that are never submitted may go round for ever.
	"""
	left = {step.state for step in steps}
	if needs:
		categories = needs.final or frozenset(needs.needed[-1:])
		ends = {state.name for state in states if state.docstatus == 2 or state.category in categories}
	else:
		ends = {state.name for state in states if state.docstatus or (steps and state.name not in left)}
	ending = _reachable(ends, [Step(step.next_state, step.action, step.state) for step in steps])
	for state in states:
		if state.name not in ending and state.name not in left:
			raise RuleError(_("State {0} is a dead end: no step leads on from it."), state.name)
		if state.name not in ending and (needs or submittable):
			raise RuleError(_("State {0} is a dead end: its steps lead round in a circle."), state.name)


def _check_shadows(steps: list[Step]) -> None:
	"""Of several steps with one action the first whose condition holds is taken."""
	always: dict[tuple, str] = {}
	for row, step in enumerate(steps, start=1):
		key = (step.state, step.action, step.role)
		if always.get(key, step.next_state) != step.next_state:
			raise RuleError(
				_("Row {0} is never taken: a step above it has the same action and role, and no condition."),
				row,
			)
		if settled(step.condition):
			always.setdefault(key, step.next_state)
