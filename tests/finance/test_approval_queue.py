"""The approval queue: what waits for whom, and deciding from it."""

import frappe
import pytest
from crm_testing.finance import make_budget, make_request, move, set_limits
from crm_testing.hosts import acting_as
from crm_testing.workforce import make_company

from crm_app.workflows import queue
from crm_app.www import approvals

HEAD, FINANCE, GM, STAFF = (f"{name}@example.com" for name in ("head", "finance", "gm", "staff"))


@pytest.fixture(autouse=True)
def company(people):
	set_limits()
	return make_company()


def waiting(user):
	with acting_as(user):
		return {item["doc"].name: item["actions"] for item in queue.waiting_for()}


def submitted(amount=1000, user=STAFF):
	return move(make_request(amount, user=user), "Submit for Approval", user=user)


def decide(request, action, user, **more):
	seen = str(frappe.db.get_value(request.doctype, request.name, "modified"))
	with acting_as(user):
		return approvals.decide(request.doctype, request.name, action, more.pop("modified", seen), **more)


def test_a_request_waits_for_who_decides_next_and_nobody_else():
	request = submitted(5000)
	assert set(waiting(HEAD)[request.name]) == {"Approve", "Send Back", "Reject"}
	for user in (STAFF, FINANCE, GM):
		assert request.name not in waiting(user)
	move(request, "Approve", user=HEAD)
	assert request.name in waiting(FINANCE) and request.name not in waiting(HEAD)


def test_ones_own_request_never_waits_for_oneself():
	request = submitted(user=HEAD)
	assert request.name not in waiting(HEAD)
	assert request.name in waiting(GM)


def test_budgets_wait_too():
	budget = move(make_budget(approve=False), "Submit for Approval")
	assert budget.name in waiting(GM)


def test_a_decision_moves_the_request_and_keeps_the_comment():
	request = submitted()
	assert decide(request, "Approve", HEAD, comment="Good idea <b>")
	assert frappe.db.get_value("Expense Request", request.name, "status_category") == "Approved"
	comments = {"reference_name": request.name, "comment_type": "Comment"}
	assert "<b>" not in frappe.db.get_value("Comment", comments, "content")


def test_a_rejection_needs_a_reason():
	request = submitted()
	with pytest.raises(frappe.MandatoryError, match="Comment"):
		decide(request, "Reject", HEAD, comment="  ")
	assert request.name in waiting(HEAD)
	decide(request, "Reject", HEAD, comment="Bought last month")
	assert frappe.db.get_value("Expense Request", request.name, "status_category") == "Rejected"


def test_the_page_asks_before_a_rejection_only():
	request = submitted()
	with acting_as(HEAD):
		items = approvals.get_context(frappe._dict()).items_waiting
	actions = next(item["actions"] for item in items if item["name"] == request.name)
	assert [action["name"] for action in actions if action["refuses"]] == ["Reject"]


def test_what_changed_since_it_was_seen_is_not_decided():
	request = submitted()
	with pytest.raises(frappe.TimestampMismatchError):
		decide(request, "Approve", HEAD, modified="2020-01-01 00:00:00")


def test_a_second_decision_is_refused():
	request = submitted()
	decide(request, "Approve", HEAD)
	with pytest.raises(frappe.ValidationError):
		decide(request, "Approve", HEAD)


@pytest.mark.parametrize("user", [STAFF, FINANCE, GM])
def test_nobody_else_decides(user):
	with pytest.raises((frappe.ValidationError, frappe.PermissionError)):
		decide(submitted(), "Approve", user)


def test_a_look_alike_is_accepted_with_a_tick():
	submitted(300)
	second = submitted(300)
	with pytest.raises(frappe.ValidationError):
		decide(second, "Approve", HEAD)
	decide(second, "Approve", HEAD, distinct=1)
	assert frappe.db.get_value("Expense Request", second.name, "duplicate_accepted_by") == HEAD


def test_the_page_shows_amount_and_budget_position():
	make_budget({"amount": 1500})
	request = submitted(1000)
	with acting_as(HEAD):
		context = approvals.get_context(frappe._dict())
	item = next(item for item in context.items_waiting if item["name"] == request.name)
	assert "1,000" in item["amount"] and "500" in item["after"] and not item["over"]
	assert [action["main"] for action in item["actions"]].count(True) == 1


def test_the_page_says_where_there_is_no_budget():
	request = submitted(1000)
	with acting_as(HEAD):
		items = approvals.get_context(frappe._dict()).items_waiting
	item = next(item for item in items if item["name"] == request.name)
	assert (item["after"], item["no_budget"]) == (None, "Test Gifts")


def test_guests_are_sent_away():
	with acting_as("Guest"), pytest.raises(frappe.PermissionError):
		approvals.get_context(frappe._dict())
