"""Expense requests: what is asked, what is derived, and who decides."""

import frappe
import pytest
from crm_testing.finance import make_budget, make_category, make_request, move, set_limits
from crm_testing.hosts import acting_as
from crm_testing.workforce import make_company, make_department, make_user
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, getdate

from crm_app.crm_finance.doctype.expense_request.expense_request import accept_duplicate

HEAD, FINANCE, GM, STAFF, OTHER = (
	f"{name}@example.com" for name in ("head", "finance", "gm", "staff", "other")
)


@pytest.fixture(autouse=True)
def company(people):
	set_limits()
	return make_company()


def submit(request, user=STAFF):
	return move(request, "Submit for Approval", user=user)


# What is asked


@pytest.mark.parametrize("amount", [0, -5])
def test_amounts_are_positive(amount):
	with pytest.raises(frappe.ValidationError):
		make_request(amount)


def test_a_date_in_the_future_is_refused():
	line = {"category": "Test Gifts", "amount": 5, "expense_date": add_days(getdate(), 1)}
	with pytest.raises(frappe.ValidationError, match="future"):
		make_request(lines=[line])


def test_a_request_without_lines_is_refused():
	with pytest.raises(frappe.ValidationError):
		make_request(lines=[])


def test_a_disabled_category_is_refused():
	make_category("Test Old", disabled=1)
	with pytest.raises(frappe.ValidationError, match="disabled"):
		make_request(lines=[{"category": "Test Old", "amount": 5, "expense_date": getdate()}])


def test_an_unknown_customer_is_refused():
	with pytest.raises(frappe.ValidationError):
		make_request(customer="CUST-nobody")


def test_who_asks_for_themselves_need_not_say_who_they_are(company):
	request = make_request()
	assert (request.employee, request.department) == (company.staff.name, "Test Sales")


def test_without_an_employee_file_somebody_has_to_be_named():
	make_user("stranger@example.com", "CRM Staff")
	with pytest.raises(frappe.ValidationError, match="Employee"):
		make_request(user="stranger@example.com")


# What is derived


@pytest.mark.parametrize("amount, tier", [(2000, 1), (2000.01, 2), (20000, 2), (20000.01, 3)])
def test_the_tier_follows_the_settings(amount, tier):
	assert make_request(amount).approval_tier == tier


def test_totals_are_exact():
	assert make_request(0.1, 0.2, 0.3).total_amount == 0.6


def test_a_budget_position_stands_on_the_form():
	make_budget({"amount": 1000})
	submit(make_request(250))
	request = make_request(600)
	shown = [request.as_dict()[f"position_{key}"] for key in ("budget", "reserved", "available", "after")]
	assert shown == [1000, 250, 750, 150]
	assert submit(request).position_after == 150


def test_without_a_budget_no_position_is_invented():
	assert make_request().position_budget is None


# Who decides


def test_the_heads_own_request_goes_to_the_superior():
	assert make_request(user=HEAD).department_approver == GM


def test_the_next_department_up_decides_where_there_is_no_head(company):
	make_department("Test Sales North", parent_department="Test Sales")
	company.staff.update({"department": "Test Sales North", "reports_to": None})
	company.staff.save()
	assert make_request().department_approver == HEAD


def test_a_request_without_an_approver_cannot_be_sent(company):
	make_department("Test Lost")
	company.staff.update({"department": "Test Lost", "reports_to": None})
	company.staff.save()
	with pytest.raises(frappe.ValidationError, match="no head"):
		submit(make_request())


def test_an_approver_without_the_role_is_named_before_the_request_gets_stuck(company):
	make_department("Test Sales", head=company.other.name)
	with pytest.raises(frappe.ValidationError, match="neither the role"):
		submit(make_request())


def test_who_decides_stays_when_the_department_gets_a_new_head(company):
	request = submit(make_request(5000))
	make_department("Test Sales", head=company.gm.name)
	assert move(request, "Approve", user=HEAD).department_approver == HEAD


# Reimbursement


def test_more_than_approved_is_not_paid():
	request = move(submit(make_request(600)), "Approve", user=HEAD)
	with acting_as(FINANCE):
		request.lines[0].reimbursed_amount = 600.01
		request.save()
		with pytest.raises(frappe.ValidationError, match="Reimbursed"):
			apply_workflow(request, "Reimburse")


def test_a_missing_receipt_stops_the_payment():
	make_category("Test Hotel", needs_receipt=1)
	line = {"category": "Test Hotel", "amount": 100, "expense_date": getdate()}
	request = move(submit(make_request(lines=[line])), "Approve", user=HEAD)
	with acting_as(FINANCE), pytest.raises(frappe.MandatoryError, match="Receipt"):
		apply_workflow(request, "Reimburse")


@pytest.mark.parametrize("change", ["amount", "row"])
def test_approved_lines_are_frozen(change):
	request = move(submit(make_request(600)), "Approve", user=HEAD)
	if change == "amount":
		request.lines[0].amount = 700
	else:
		request.append("lines", {"category": "Test Gifts", "amount": 1, "expense_date": getdate()})
	with acting_as(FINANCE), pytest.raises(frappe.ValidationError):
		request.save()


# Duplicates


def test_a_duplicate_warns_on_submission_and_asks_on_approval():
	first = submit(make_request(300))
	second = make_request(300)
	assert first.name in second.possible_duplicates
	frappe.clear_messages()
	second = submit(second)
	assert any(first.name in str(message) for message in frappe.local.message_log)
	with acting_as(HEAD), pytest.raises(frappe.ValidationError, match="duplicate"):
		apply_workflow(second, "Approve")
	with acting_as(HEAD):
		accept_duplicate(frappe.as_json({"name": second.name}))
	assert move(second, "Approve", user=HEAD).duplicate_accepted_by == HEAD


def test_nobody_accepts_their_own_duplicate():
	submit(make_request(300))
	second = submit(make_request(300))
	with acting_as(STAFF), pytest.raises(frappe.PermissionError):
		accept_duplicate({"name": second.name})


def test_an_acceptance_cannot_be_sent_along_by_hand():
	submit(make_request(300))
	assert not make_request(300, duplicate_accepted_by=HEAD).duplicate_accepted_by


def test_another_persons_or_a_rejected_expense_is_no_duplicate():
	move(submit(make_request(300)), "Reject", user=HEAD)
	make_request(300, user=OTHER)
	assert not make_request(300).possible_duplicates


def test_a_repeated_row_is_noticed():
	assert "Row 2" in make_request(300, 300).possible_duplicates


# Who sees what


def visible(user):
	with acting_as(user):
		return set(frappe.get_list("Expense Request", pluck="name"))


def test_staff_see_their_own_heads_their_department_and_finance_all():
	mine, theirs = make_request().name, make_request(user=OTHER).name
	assert visible(STAFF) == {mine}
	assert visible(OTHER) == {theirs}
	assert visible(HEAD) >= {mine, theirs}
	assert visible(FINANCE) >= {mine, theirs}


@pytest.mark.parametrize("ptype, attempt", [("read", None), ("write", "save")])
def test_a_form_gives_the_same_answer_as_the_list(ptype, attempt):
	request = make_request()
	with acting_as(OTHER):
		assert not frappe.has_permission("Expense Request", ptype, doc=request.name)
		if attempt:
			with pytest.raises(frappe.PermissionError):
				frappe.get_doc("Expense Request", request.name).save()


def test_a_superior_reads_but_does_not_edit_a_draft():
	request = make_request()
	with acting_as(HEAD):
		assert frappe.has_permission("Expense Request", "read", doc=request.name)
		assert not frappe.has_permission("Expense Request", "write", doc=request.name)


def test_a_request_for_somebody_else_is_seen_by_both(company):
	request = make_request(employee=company.other.name)
	assert visible(STAFF) == visible(OTHER) == {request.name}


def test_a_head_sees_the_budget_of_the_own_department_only():
	make_department("Test Elsewhere")
	mine = make_budget().name
	theirs = make_budget(department="Test Elsewhere").name
	with acting_as(HEAD):
		assert frappe.get_list("CRM Budget", pluck="name") == [mine]
		assert set(frappe.get_list("CRM Budget Balance", pluck="department")) == {"Test Sales"}
		assert not frappe.has_permission("CRM Budget", "read", doc=theirs)
	with acting_as(STAFF), pytest.raises(frappe.PermissionError):
		frappe.get_list("CRM Budget")
