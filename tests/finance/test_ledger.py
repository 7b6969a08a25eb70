"""The budget ledger: what requests reserve, commit and spend, and what nobody else may touch."""

from decimal import Decimal

import frappe
import pytest
from crm_testing.finance import make_budget, make_category, make_request, move, set_limits
from crm_testing.hosts import acting_as
from crm_testing.workforce import make_company, make_department
from frappe.model.workflow import apply_workflow
from frappe.utils import getdate

from crm_app.crm_finance import ledger
from crm_app.crm_finance.ledger import BudgetExceeded

HEAD, FINANCE, STAFF = "head@example.com", "finance@example.com", "staff@example.com"


@pytest.fixture(autouse=True)
def company(people):
	set_limits(head=100000, finance=200000)
	return make_company()


@pytest.fixture
def budget():
	return make_budget({"amount": 1000})


def position(budget, row=0):
	balance = frappe.get_doc("CRM Budget Balance", budget.lines[row].line_key)
	return ledger.position_of(balance.as_dict())


def amounts(budget, row=0):
	now = position(budget, row)
	return tuple(float(getattr(now, key)) for key in ("reserved", "committed", "spent", "available"))


def submit(request, user=STAFF):
	return move(request, "Submit for Approval", user=user)


def entries(request):
	filters = {"voucher_no": request.name}
	return frappe.get_all(
		"CRM Budget Entry", filters=filters, fields=["kind", "amount"], order_by="creation asc"
	)


# The way of a request


def test_a_request_reserves_commits_and_spends(budget):
	request = make_request(600)
	assert amounts(budget) == (0, 0, 0, 1000)
	request = submit(request)
	assert amounts(budget) == (600, 0, 0, 400)
	request = move(request, "Approve", user=HEAD)
	assert amounts(budget) == (0, 600, 0, 400)
	request = move(request, "Reimburse", user=FINANCE)
	assert amounts(budget) == (0, 0, 600, 400)
	assert [row.kind for row in entries(request)] == ["Reserve", "Commit", "Spend"]
	assert ledger.audit() == []


@pytest.mark.parametrize("action, user", [("Reject", HEAD), ("Send Back", HEAD), ("Withdraw", STAFF)])
def test_what_does_not_go_through_is_released(budget, action, user):
	request = move(submit(make_request(600)), action, user=user)
	assert amounts(budget) == (0, 0, 0, 1000)
	assert [row.kind for row in entries(request)] == ["Reserve", "Release"]


def test_a_cancelled_request_gives_back_what_it_committed(budget):
	request = move(submit(make_request(600)), "Approve", user=HEAD)
	move(request, "Cancel", user=FINANCE)
	assert amounts(budget) == (0, 0, 0, 1000)


def test_paying_less_than_approved_gives_back_the_rest(budget):
	request = move(submit(make_request(600, 100)), "Approve", user=HEAD)
	with acting_as(FINANCE):
		request.lines[0].reimbursed_amount = 550.55
		request.save()
	request = move(request, "Reimburse", user=FINANCE)
	assert request.reimbursed_total == 550.55
	assert amounts(budget) == (0, 0, 550.55, 449.45)


def test_a_request_may_be_revised_and_sent_again(budget):
	request = move(submit(make_request(600)), "Send Back", user=HEAD)
	with acting_as(STAFF):
		request.lines[0].amount = 300
		request.save()
	request = submit(request)
	assert amounts(budget) == (300, 0, 0, 700)
	assert [row.amount for row in entries(request)] == [600, 600, 300]


# Control


def test_a_request_over_the_line_is_stopped_and_nothing_is_written(budget):
	request = make_request(1000.01)
	with pytest.raises(BudgetExceeded, match="Test Sales"):
		submit(request)
	assert amounts(budget) == (0, 0, 0, 1000)
	assert not entries(request)


def test_to_the_cent_is_not_over(budget):
	submit(make_request(999.99, 0.01))
	assert amounts(budget) == (1000, 0, 0, 0)


def test_a_second_request_competes_with_the_first_ones_reservation(budget):
	submit(make_request(600))
	with pytest.raises(BudgetExceeded):
		submit(make_request(600, user="other@example.com"), "other@example.com")


@pytest.mark.parametrize("control, messages", [("Warn", 1), ("Ignore", 0)])
def test_a_line_that_does_not_stop_lets_it_through(control, messages):
	budget = make_budget({"amount": 100, "control": control})
	request = make_request(150)
	frappe.clear_messages()
	submit(request)
	told = [message for message in frappe.local.message_log if "available" in str(message)]
	assert (position(budget).available, len(told)) == (Decimal(-50), messages)


def test_without_a_budget_nothing_is_held():
	request = move(submit(make_request(600)), "Approve", user=HEAD)
	assert (request.status_category, entries(request)) == ("Approved", [])


def test_what_no_budget_line_pays_is_said_once_when_it_is_sent(budget):
	make_category("Test Travel")
	request = make_request(100, 200)
	request.lines[1].category = "Test Travel"
	request.save()
	frappe.clear_messages()
	request = submit(request)
	move(request, "Approve", user=HEAD)
	told = [str(message) for message in frappe.local.message_log if "no budget line" in str(message)]
	assert len(told) == 1
	assert "Test Sales" in told[0] and "Test Travel" in told[0] and "Test Gifts" not in told[0]


def test_a_request_that_a_budget_pays_is_sent_without_that_warning(budget):
	request = make_request(100)
	frappe.clear_messages()
	submit(request)
	assert "no budget line" not in str(frappe.local.message_log)


def test_an_approval_is_checked_again_against_a_budget_that_came_later():
	first = submit(make_request(600))
	second = submit(make_request(600, user="other@example.com"), "other@example.com")
	budget = make_budget({"amount": 1000})
	move(first, "Approve", user=HEAD)
	with acting_as(HEAD), pytest.raises(BudgetExceeded):
		apply_workflow(second, "Approve")
	assert amounts(budget) == (0, 600, 0, 400)


# Which line


def test_the_most_specific_line_pays_and_the_other_stays_whole():
	make_category("Test Travel")
	budget = make_budget(
		{"category": None, "amount": 5000},
		{"amount": 1000},
		{"amount": 300, "month": getdate().month},
	)
	submit(make_request(200))
	assert [amounts(budget, row)[0] for row in range(3)] == [0, 0, 200]


def test_a_department_without_a_budget_uses_the_one_above(company, budget):
	make_department("Test Sales North", parent_department="Test Sales")
	company.staff.department = "Test Sales North"
	company.staff.save()
	submit(make_request(600))
	assert amounts(budget)[0] == 600


def test_two_lines_for_the_same_purpose_are_refused():
	with pytest.raises(frappe.DuplicateEntryError):
		make_budget({"amount": 1}, {"amount": 2})


@pytest.mark.parametrize("line", [{"month": 13}, {"amount": -1}])
def test_nonsense_on_a_budget_line_is_refused(line):
	with pytest.raises(frappe.ValidationError):
		make_budget(line)


# Versions


def test_a_new_version_takes_over_what_is_used(budget):
	submit(make_request(600))
	second = make_budget({"amount": 2000})
	assert second.version == budget.version + 1
	assert frappe.get_doc("CRM Budget", budget.name).status_category == "Closed"
	assert amounts(second) == (600, 0, 0, 1400)
	assert ledger.audit() == []


def test_a_new_version_cannot_fall_below_what_is_used(budget):
	submit(make_request(600))
	with pytest.raises(BudgetExceeded, match="used already"):
		make_budget({"amount": 500})


def test_a_new_version_cannot_drop_a_line_in_use(budget):
	submit(make_request(600))
	make_category("Test Travel")
	with pytest.raises(frappe.ValidationError, match="keep it"):
		make_budget({"category": "Test Travel"})


def test_a_renamed_department_keeps_its_lines(budget):
	submit(make_request(600))
	frappe.rename_doc("CRM Department", "Test Sales", "Test Selling")
	second = make_budget({"amount": 2000}, department="Test Selling")
	assert second.lines[0].line_key == budget.lines[0].line_key
	assert amounts(second) == (600, 0, 0, 1400)
	make_department("Test Sales")
	namesake = make_budget({"amount": 50})
	assert amounts(namesake) == (0, 0, 0, 50)


def test_the_action_new_version_copies_the_lines(budget):
	from crm_app.crm_finance.doctype.crm_budget.crm_budget import new_version

	draft = frappe.get_doc("CRM Budget", new_version(frappe.as_json({"name": budget.name}))["name"])
	assert (draft.docstatus, draft.version, draft.replaces) == (0, 2, budget.name)
	assert [row.amount for row in draft.lines] == [1000]


def test_a_closed_budget_takes_no_new_request_but_pays_the_old(budget):
	old = move(submit(make_request(600)), "Approve", user=HEAD)
	waiting = submit(make_request(100, user="other@example.com"), "other@example.com")
	move(budget, "Close")
	move(old, "Reimburse", user=FINANCE)
	assert amounts(budget) == (100, 0, 600, 300)
	with acting_as(HEAD), pytest.raises(BudgetExceeded, match="closed"):
		apply_workflow(waiting, "Approve")
	assert not entries(submit(make_request(50)))


def test_an_approved_budget_cannot_be_edited_or_cancelled(budget):
	budget.lines[0].amount = 99999
	with pytest.raises((frappe.ValidationError, frappe.PermissionError)):
		budget.save()
	budget.reload()
	with pytest.raises(frappe.ValidationError):
		budget.cancel()


# Nobody else writes


@pytest.mark.parametrize("user", ["Administrator", FINANCE])
@pytest.mark.parametrize("doctype", ["CRM Budget Entry", "CRM Budget Balance"])
def test_the_ledger_is_closed_to_everybody(budget, user, doctype):
	submit(make_request(600))
	name = frappe.get_all(doctype, pluck="name", limit=1)[0]
	with acting_as(user):
		doc = frappe.get_doc(doctype, name)
		doc.amount = 1
		for attempt in (doc.save, doc.delete, frappe.copy_doc(doc).insert):
			with pytest.raises(frappe.PermissionError):
				attempt()
		with pytest.raises(frappe.PermissionError):
			frappe.delete_doc(doctype, name, force=True, ignore_permissions=True)
	assert frappe.db.exists(doctype, name)


def test_a_repeated_posting_writes_nothing(budget):
	request = submit(make_request(600))
	request.run_method("on_update")
	request.run_method("on_update")
	assert len(entries(request)) == 1


def test_two_writers_from_the_same_stand_collide(budget):
	request = submit(make_request(600))
	entry = frappe.get_all("CRM Budget Entry", filters={"voucher_no": request.name}, fields=["*"])[0]
	from crm_app.utils.engine_only import engine

	twin = frappe.new_doc("CRM Budget Entry")
	twin.update({key: entry[key] for key in ("kind", "amount", "balance", "idempotency_key")})
	with engine(), pytest.raises(frappe.UniqueValidationError):
		twin.insert()


def test_a_request_under_way_cannot_be_deleted(budget):
	request = submit(make_request(600))
	with pytest.raises(frappe.ValidationError):
		frappe.delete_doc("Expense Request", request.name)
