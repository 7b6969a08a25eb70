"""Conditions of workflow steps as they are evaluated on this host: at saving, in the queue, on the form."""

import frappe
import pytest
from crm_testing.finance import make_budget, make_request, move, set_limits
from crm_testing.hosts import acting_as
from crm_testing.workforce import make_company
from frappe.model.workflow import get_workflow_safe_globals

from crm_app.customising.evaluation import evaluate
from crm_app.customising.trial import readable_fields, sample, try_conditions
from crm_app.utils.rules import RuleError
from crm_app.utils.telling import tell
from crm_app.workflows import desk_calls, queue
from crm_app.workflows.flow import ConditionFailed, Flow
from crm_app.www import approvals

WORKFLOW, HEAD, FINANCE, STAFF = (
	"Expense Request Approval",
	"head@example.com",
	"finance@example.com",
	"staff@example.com",
)
HONEST = [
	"doc.total_amount > 20000",
	"doc.get('total_amount') > 20000 and doc.owner == frappe.session.user",
	"[row for row in doc.lines if row.amount > 500]",
	"'Test Gifts' in [row.category for row in doc.lines]",
	"doc.lines and doc.lines[0].amount > 5",
	"frappe.utils.get_datetime(doc.posting_date).weekday() < 7",
	"doc.posting_date and doc.posting_date.year > 2020",
	"frappe.utils.get_datetime(doc.posting_date) > frappe.utils.get_datetime('2020-01-01')",
	"float(frappe.db.get_value('CRM Settings', None, 'tier1_limit') or 0) < doc.total_amount",
	"frappe.db.get_list('CRM Employee', filters={'user': frappe.session.user}, pluck='name')",
	"(doc.purpose or '').lower().startswith('w')",
	"doc.department_approver == frappe.session.user or not doc.campaign",
]


@pytest.fixture(autouse=True)
def company(people):
	set_limits()
	make_company()
	make_budget({"amount": 90000})
	yield
	frappe.clear_cache(doctype="Expense Request")


def tried(condition, doctype="Expense Request"):
	row = frappe._dict(idx=3, condition=condition)
	try:
		try_conditions([row], frappe.get_meta(doctype))
	except RuleError as error:
		return tell(error.template, *error.values)
	return ""


def save_with(condition):
	workflow = frappe.get_doc("Workflow", WORKFLOW)
	for row in workflow.transitions:
		if row.action == "Approve" and row.state == "Pending Department Head":
			row.condition = condition
	workflow.save()
	frappe.clear_cache(doctype="Expense Request")


def leave_behind(condition):
	"""As a version that checked less, or a field deleted since, may have left it."""
	names = {"parent": WORKFLOW, "action": "Approve", "state": "Pending Department Head"}
	frappe.db.set_value("Workflow Transition", names, "condition", condition)
	frappe.clear_document_cache("Workflow", WORKFLOW)
	frappe.clear_cache(doctype="Expense Request")


def pending(amount=1000):
	return move(make_request(amount), "Submit for Approval", user=STAFF)


# at saving


@pytest.mark.parametrize("condition", HONEST)
def test_an_honest_condition_passes_and_is_evaluated(condition):
	assert tried(condition) == ""
	record = frappe.get_doc("Expense Request", pending().name)
	evaluate(condition, {"doc": record.as_dict()})


def test_a_record_s_answer_is_the_condition_s():
	record = frappe.get_doc("Expense Request", pending(1000).name)
	step = frappe._dict(condition="[row for row in doc.lines if row.amount > 500]")
	assert Flow.of("Expense Request").holds(step, record)
	step.condition = "[row for row in doc.lines if row.amount > 5000]"
	assert not Flow.of("Expense Request").holds(step, record)


@pytest.mark.parametrize(
	"name",
	[
		"any",
		"all",
		"sum",
		"len",
		"max",
		"min",
		"abs",
		"bool",
		"str",
		"list",
		"set",
		"sorted",
		"dict",
		"isinstance",
		"range",
	],
)
def test_neither_host_knows_further_functions(name):
	with pytest.raises(NameError):
		frappe.safe_eval(f"{name}([1])", get_workflow_safe_globals(), {})
	assert f"may not read “{name}”" in tried(f"{name}([1])")


def test_both_hosts_know_these_functions():
	assert frappe.safe_eval("int('2') + float('2.5') + round(2.4) + long(1)") == 7.5


@pytest.mark.parametrize("code", [" 1", "[1][0]\nand 1", "(x for x in [1]).gi_frame", "'{0}'.format(1)"])
def test_what_neither_host_evaluates(code):
	with pytest.raises(SyntaxError):
		frappe.safe_eval(code, {}, {})


@pytest.mark.parametrize(
	("condition", "reason"),
	[
		("doc.amount > 20000", "rows of its table lines"),
		("doc.total_amount > '5'", "compares a number with a text"),
		("doc.total_amount == '5'", "compares a number with a text"),
		("doc.posting_date > '2026-01-01'", "compares a date with a text"),
		("doc.posting_date == '2026-01-01'", "compares a date with a text"),
		("doc.posting_date < frappe.utils.now_datetime()", "compares a date with a date with time"),
		("doc.creation > frappe.utils.now()", "compares a date with time with a text"),
		("doc.purpose in [1, 2]", "compares a text with a number"),
		(
			"doc.total_amount > 5 and doc.total_amount > 9 and doc.purpose > 5",
			"compares a text with a number",
		),
		("[row for row in doc.lines if row.amount > '5']", "compares a number with a text"),
		(
			"[row for row in doc.lines if row.amount < 5 and row.expense_date == '']",
			"compares a date with a text",
		),
		("doc.campaign.lower() == 'x'", "doc.campaign is empty"),
		("doc.campaign > doc.purpose", "doc.campaign is empty"),
		("frappe.db.get_value('CRM Employee', doc.campaign, 'department') > 5", "is empty"),
		("doc.lines[5].amount > 1", "no such row"),
		("1 / doc.total_amount > 1", "divides by zero"),
		("frappe.db.get_value('Nothing', 'x', 'name') == 'x'", "no DocType Nothing"),
		("frappe.db.get_value('CRM Employee', 'x', 'nothing') == 'x'", "no field “nothing”"),
	],
)
def test_a_condition_that_would_fail_is_refused_with_row_and_reason(condition, reason):
	said = tried(condition)
	assert reason in said and said.startswith("Transitions, row 3, condition: ")


def test_the_refusal_reaches_who_saves_the_workflow_and_nothing_is_written():
	with pytest.raises(frappe.ValidationError, match=r"row \d+, condition: .*compares a date with a text"):
		save_with("doc.posting_date > '2026-01-01'")
	assert frappe.db.count("Workflow Transition", {"parent": WORKFLOW, "condition": ("like", "%2026%")}) == 0


def test_the_refusal_is_told_in_chinese():
	frappe.local.lang = "zh"
	try:
		assert "第 3 行" in tried("doc.posting_date > '2026-01-01'") and "日期" in tried(
			"doc.posting_date > '2026-01-01'"
		)
	finally:
		frappe.local.lang = "en"


@pytest.mark.parametrize("doctype", ["Expense Request", "Complaint", "CRM Campaign", "CRM Transaction"])
def test_the_fields_of_the_tables_are_apart(doctype):
	readable = readable_fields(frappe.get_meta(doctype))
	assert not readable.fields & readable.tables.keys()
	assert all(sample(frappe.get_meta(doctype), filled).name == "1" for filled in (True, False))


# at run time


BROKEN = [
	"doc.total_amount > '5'",
	"doc.amount > 20000",
	"any(r.amount > 1 for r in doc.lines)",
	"doc.total_amount >",
]


@pytest.mark.parametrize("condition", BROKEN)
def test_the_queue_names_the_broken_condition_of_that_record_only(condition):
	budget = move(make_budget(approve=False), "Submit for Approval")
	request = pending()
	leave_behind(condition)
	with acting_as("Administrator"):
		items = {item["doc"].name: item for item in queue.waiting_for()}
	assert items[budget.name]["actions"] and not items[budget.name]["problem"]
	broken = items[request.name]
	assert broken["actions"] == [] and "cannot be evaluated" in broken["problem"]
	assert WORKFLOW in broken["problem"] and request.name in broken["problem"]
	assert not frappe.local.message_log or "cannot be evaluated" not in str(frappe.local.message_log)
	page = approvals.show(**broken)
	assert "cannot be evaluated" in page["problem"] and page["actions"] == []


@pytest.mark.parametrize("condition", BROKEN)
def test_a_step_with_a_broken_condition_is_not_taken_and_says_why(condition):
	request = pending()
	leave_behind(condition)
	for call in (
		lambda: desk_calls.apply_workflow(frappe.as_json(request), "Approve"),
		lambda: desk_calls.get_transitions(frappe.as_json(request)),
		lambda: desk_calls.get_common_transition_actions(
			frappe.as_json([{"name": request.name}]), "Expense Request"
		),
		lambda: approvals.decide("Expense Request", request.name, "Approve", str(request.modified)),
	):
		with (
			acting_as(HEAD),
			pytest.raises(ConditionFailed, match=r"cannot be evaluated: .*row \d+ .*Approve"),
		):
			call()
	stored = frappe.get_doc("Expense Request", request.name)
	assert (stored.docstatus, stored.workflow_state) == (0, "Pending Department Head")


def test_a_state_set_by_hand_does_not_get_past_a_broken_condition():
	request = pending()
	leave_behind("doc.total_amount > '5'")
	with acting_as(HEAD):
		doc = frappe.get_doc("Expense Request", request.name)
		doc.workflow_state = "Approved"
		with pytest.raises(ConditionFailed, match="cannot be evaluated"):
			doc.submit()
	assert frappe.db.get_value("Expense Request", request.name, "docstatus") == 0


def test_the_desk_s_own_calls_are_answered_by_these():
	overrides = frappe.get_hooks("override_whitelisted_methods")
	for name in ("get_transitions", "apply_workflow", "get_common_transition_actions"):
		assert overrides[f"frappe.model.workflow.{name}"][-1] == f"crm_app.workflows.desk_calls.{name}"


def test_who_may_not_read_the_record_is_told_nothing_about_it():
	request = pending()
	leave_behind("doc.total_amount > '5'")
	with acting_as("Guest"), pytest.raises(frappe.PermissionError):
		desk_calls.get_transitions(frappe.as_json(request))


def test_dates_that_were_typed_count_as_dates():
	request = pending()
	request.posting_date = str(request.posting_date)
	step = frappe._dict(condition="doc.posting_date.year > 2020 and doc.lines[0].expense_date.year > 2020")
	request.lines[0].expense_date = str(request.lines[0].expense_date)
	assert Flow.of("Expense Request").holds(step, request)


@pytest.mark.embedded
def test_form_list_and_rest_show_the_reason(site):
	from crm_testing.desk import client_of

	request = pending()
	leave_behind("doc.amount > 20000")
	client = client_of("Administrator")
	page = client.get(f"/app/expense-request/{request.name}")
	assert page.status_code == 200 and "cannot be evaluated" in page.content.decode()
	queue_page = client.get("/approvals")
	assert queue_page.status_code == 200 and "cannot be evaluated" in queue_page.content.decode()
	headers = {"Accept": "application/json"}
	body = {"doc": frappe.as_json(request), "action": "Approve"}
	answer = client.post(
		"/api/method/frappe.model.workflow.apply_workflow",
		body,
		content_type="application/json",
		headers=headers,
	)
	assert answer.status_code == 417 and "cannot be evaluated" in answer.content.decode()
	client.post("/app/expense-request/bulk", {"action": "workflow:Approve", "names": [request.name]})
	assert frappe.db.get_value("Expense Request", request.name, "workflow_state") == "Pending Department Head"
