"""Employees, departments and the reporting line."""

import frappe
import pytest
from crm_testing.hosts import acting_as, counted_queries
from crm_testing.workforce import make_company, make_department, make_employee
from frappe.utils import add_days, getdate

from crm_app.crm_workforce import org


@pytest.fixture
def company(people):
	return make_company()


def test_a_head_has_everybody_below(company):
	below = {"staff@example.com", "other@example.com"}
	assert org.subordinate_users("head@example.com") == below
	assert org.subordinate_users("gm@example.com") == {*below, "head@example.com", "finance@example.com"}
	assert org.subordinate_users("staff@example.com") == set()
	assert org.subordinate_users("nobody@example.com") == set()


def test_the_tree_is_read_once(company):
	org.forget()
	with counted_queries() as queries:
		for user in ("head@example.com", "gm@example.com", "staff@example.com"):
			org.subordinate_users(user)
			org.subordinate_employees(user)
	assert len(queries) == 1


def test_a_change_is_seen_at_once(company):
	company.other.reports_to = company.finance.name
	company.other.save()
	assert org.subordinate_users("finance@example.com") == {"other@example.com"}


def test_headed_departments_include_those_below(company):
	make_department("Test Sales North", parent_department="Test Sales")
	assert org.headed_departments("head@example.com") == {"Test Sales", "Test Sales North"}
	assert org.department_path("Test Sales North") == ["Test Sales North", "Test Sales"]


def test_a_circle_of_superiors_is_refused(company):
	company.gm.reports_to = company.staff.name
	with pytest.raises(frappe.ValidationError, match="Reports To"):
		company.gm.save()


def test_nobody_reports_to_themselves(company):
	company.staff.reports_to = company.staff.name
	with pytest.raises(frappe.ValidationError):
		company.staff.save()


def test_a_circle_of_departments_is_refused(company):
	make_department("Test Sales North", parent_department="Test Sales")
	with pytest.raises(frappe.ValidationError, match="Parent Department"):
		make_department("Test Sales", parent_department="Test Sales North")


def test_two_employees_cannot_share_a_user(company):
	with pytest.raises(frappe.DuplicateEntryError):
		make_employee("Test Twin", "staff@example.com")


def test_employees_without_a_user_are_many(company):
	make_employee("Test A")
	assert make_employee("Test B").name


def test_a_reorganisation_keeps_the_history(company):
	make_department("Test Service")
	staff = company.staff
	staff.history[0].from_date = add_days(getdate(), -100)
	staff.history[0].db_update()
	staff.reload()
	staff.department = "Test Service"
	staff.save()
	posts = [(row.department, getdate(row.to_date) if row.to_date else None) for row in staff.history]
	assert posts == [("Test Sales", add_days(getdate(), -1)), ("Test Service", None)]
	staff.save()
	assert len(staff.history) == 2


def test_the_history_cannot_be_rewritten(company):
	staff = company.staff
	staff.set("history", [])
	staff.save()
	assert [row.department for row in frappe.get_doc("CRM Employee", staff.name).history] == ["Test Sales"]


def test_who_leaves_has_a_last_day_and_no_running_post(company):
	company.staff.status = "Left"
	with pytest.raises(frappe.MandatoryError):
		company.staff.save()
	company.staff.reload()
	company.staff.update({"status": "Left", "left_on": getdate()})
	company.staff.save()
	company.staff.save()
	assert [str(row.to_date) for row in company.staff.history] == [str(getdate())]


@pytest.mark.parametrize(
	"values, message",
	[
		({"birthday": "2990-01-01"}, "Birthday"),
		({"joined_on": "2026-02-01", "left_on": "2026-01-31"}, "Left On"),
		({"mobile_no": "abc"}, "Mobile"),
	],
)
def test_bad_dates_and_numbers_are_named(company, values, message):
	company.staff.update(values)
	with pytest.raises(frappe.ValidationError, match=message):
		company.staff.save()


def test_staff_do_not_read_private_fields_or_change_the_file(company):
	company.staff.id_number = "110101199001011234"
	company.staff.save()
	with acting_as("other@example.com"):
		seen = frappe.get_doc("CRM Employee", company.staff.name)
		seen.apply_fieldlevel_read_permissions()
		assert not seen.get("id_number")
		seen.job_title = "Boss"
		with pytest.raises(frappe.PermissionError):
			seen.save()
