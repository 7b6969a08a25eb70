"""What a workflow must offer, on plain states and steps."""

import pytest

from crm_app.customising.domain.workflow_rules import State, Step, check_workflow, needs_of
from crm_app.utils.rules import RuleError

OPTIONS = ("Draft", "Pending", "Approved", "Rejected", "Cancelled")
STATES = [
	State("Draft", 0, "category", "Draft"),
	State("Waiting", 0, "category", "Pending"),
	State("Done", 1, "category", "Approved"),
	State("No", 0, "category", "Rejected"),
	State("Void", 2, "category", "Cancelled"),
]
STEPS = [
	Step("Draft", "Send", "Waiting"),
	Step("Waiting", "Approve", "Done"),
	Step("Waiting", "Reject", "No"),
	Step("Done", "Cancel", "Void"),
]
NEEDS = needs_of(STATES, STEPS, (), OPTIONS)


def check(states=STATES, steps=STEPS, needs=NEEDS, submittable=True):
	check_workflow(states, steps, submittable, needs)


def refused(match: str, **changes):
	with pytest.raises(RuleError, match=match):
		check(**changes)


def test_the_shipped_workflow_meets_its_own_needs():
	check()
	assert NEEDS.needed == ("Approved",) and NEEDS.final == {"Rejected", "Cancelled"}


def test_other_names_and_another_stage_are_welcome():
	renamed = [State(f"My {s.name}", *(s.docstatus, s.update_field, s.category)) for s in STATES]
	steps = [Step(f"My {s.state}", s.action, f"My {s.next_state}") for s in STEPS]
	check(renamed, steps)
	check(
		[*STATES, State("More", 0, "", "")],
		[*STEPS, Step("Waiting", "Ask", "More"), Step("More", "Back", "Draft")],
	)


def test_a_dead_end_is_refused():
	more = [*STATES, State("More", 0, "category", "Pending")]
	refused("dead end", states=more, steps=[*STEPS, Step("Waiting", "Ask", "More")])


def test_a_circle_without_an_exit_is_a_dead_end():
	more = [*STATES, State("Here", 0, "", ""), State("There", 0, "category", "Pending")]
	circle = [Step("Here", "On", "There"), Step("There", "Back", "Here")]
	for needs in (NEEDS, None):
		refused(
			"Here is a dead end",
			states=more,
			steps=[*STEPS, Step("Waiting", "x", "Here"), *circle],
			needs=needs,
		)
	check(more, [*STEPS, *circle, Step("There", "Out", "Waiting")])
	check(STATES[:2], [Step("Draft", "On", "Waiting"), Step("Waiting", "Back", "Draft")], None, False)


def test_a_workflow_that_can_be_reopened_for_ever_ends_in_its_last_needed_category():
	states = [State("Open", 0, "category", "Draft"), State("Shut", 0, "category", "Approved")]
	steps = [Step("Open", "Shut", "Shut"), Step("Shut", "Reopen", "Open")]
	needs = needs_of(states, steps, ("Approved",), OPTIONS)
	check(states, steps, needs, False)
	check(states, steps[:1], needs, False)
	wait = [Step("Open", "Wait", "Wait"), Step("Wait", "Wait", "Wait")]
	with pytest.raises(RuleError, match="circle"):
		check([*states, State("Wait", 0, "", "")], [*steps, *wait], needs, False)


@pytest.mark.parametrize("never", ["False", "0", "doc.x and False"])
def test_a_step_that_is_never_taken_leads_nowhere(never):
	steps = [
		Step(*(s.state, s.action, s.next_state), condition=never if s.action == "Approve" else "")
		for s in STEPS
	]
	refused("submitted state", steps=steps)


def test_a_state_stands_twice_only_for_two_roles_that_may_edit():
	check([*STATES, STATES[1]])
	refused("Waiting is listed twice", states=[*STATES, State("Waiting", 1, "category", "Pending")])
	refused("Waiting is listed twice", states=[*STATES, State("Waiting", 0, "category", "Draft")])


def test_a_way_to_a_submitted_state_must_be_left():
	refused("submitted state", steps=[s for s in STEPS if s.action != "Approve"])
	refused("submitted state", needs=None, steps=[s for s in STEPS if s.action != "Approve"])


def test_a_category_that_the_app_needs_must_be_reached():
	other = [State("Done", 1, "category", "Cancelled") if s.name == "Done" else s for s in STATES]
	refused("Doc Status", states=other)
	unnamed = needs_of(STATES, STEPS, ("Rejected",), OPTIONS)
	refused("category Rejected", steps=[s for s in STEPS if s.action != "Reject"], needs=unnamed)


def test_every_stage_needs_a_known_category_or_none():
	refused("needs a category", states=[*STATES, State("More", 0, "category", "Perhaps")])
	refused("needs a category", states=[*STATES, State("More", 0, "other", "Pending")])
	refused("needs a category", states=[*STATES, State("More", 1, "", "")])


def test_the_first_state_keeps_its_category():
	refused(
		"first state",
		states=[STATES[1], STATES[0], *STATES[2:]],
		steps=[*STEPS, Step("Waiting", "x", "Draft")],
	)


def test_a_step_behind_one_that_is_always_taken_is_pointed_out():
	late = Step("Waiting", "Approve", "No", condition="doc.amount > 5")
	refused("Row 5 is never taken", steps=[*STEPS, late])
	check(steps=[late, *STEPS])
	true = Step("Waiting", "Approve", "No", condition="True")
	refused("is never taken", steps=[true, *STEPS])
	check(steps=[*STEPS, Step("Waiting", "Approve", "No", role="Other")])


@pytest.mark.parametrize(("before", "after"), [("Done", "Draft"), ("Draft", "Void"), ("Void", "Draft")])
def test_steps_never_lead_back(before, after):
	refused("No step can lead", steps=[*STEPS, Step(before, "x", after)])
