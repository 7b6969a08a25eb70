"""Expressions, translation, messages, utilities, whitelisting."""

import datetime

import frappe
import pytest
from crm_testing.sales import make_store
from frappe.utils import (
	add_days,
	add_months,
	add_to_date,
	cint,
	cstr,
	date_diff,
	flt,
	get_datetime,
	get_first_day,
	get_last_day,
	getdate,
	rounded,
)


@pytest.mark.parametrize(
	("code", "expected"),
	[("1 + 1", 2), ("doc.amount > 5", True), ("doc.missing", None), ("'a' in doc.tags", True)],
)
def test_expressions_read_the_document(code, expected):
	assert frappe.safe_eval(code, None, {"doc": frappe._dict(amount=10, tags=["a"])}) == expected


@pytest.mark.parametrize(
	"code",
	[
		"__import__('os')",
		"().__class__.__bases__",
		"doc.__class__",
		"open('/etc/passwd')",
		"exec('1')",
		"import os",
		"datetime.sys.modules",
		"'{0.__class__}'.format(doc)",
	],
)
def test_expressions_do_not_lead_out(code):
	with pytest.raises(Exception, match=r".+"):
		frappe.safe_eval(code, None, {"doc": frappe._dict()})


def test_numbers_are_read_forgivingly():
	assert [cint(value) for value in ("7", "7.9", None, "", "x", True)] == [7, 7, 0, 0, 0, 1]
	assert [flt(value) for value in ("7.5", "1,234.5", None, "", "x")] == [7.5, 1234.5, 0.0, 0.0, 0.0]
	assert flt("2.345", 2) in (2.34, 2.35) and flt(1.005, 1) == 1.0
	assert cstr(None) == "" and cstr(5) == "5"
	assert rounded(2.5) == 2


def test_dates_are_added_in_the_type_that_was_given():
	assert add_days("2026-01-31", 1) == "2026-02-01"
	assert add_months("2026-01-31", 1) == "2026-02-28"
	assert add_days(datetime.date(2026, 1, 31), 1) == datetime.date(2026, 2, 1)
	moment = add_to_date(datetime.datetime(2026, 1, 1, 10), hours=2)
	assert moment == datetime.datetime(2026, 1, 1, 12)
	assert date_diff("2026-02-01", "2026-01-31") == 1
	assert getdate("2026-02-01") == datetime.date(2026, 2, 1)
	assert get_datetime("2026-02-01") == datetime.datetime(2026, 2, 1)
	assert (get_first_day("2026-02-14"), get_last_day("2026-02-14")) == (
		datetime.date(2026, 2, 1),
		datetime.date(2026, 2, 28),
	)
	with pytest.raises(frappe.ValidationError):
		getdate("not a date")


def test_throw_raises_and_tells_the_user():
	with pytest.raises(frappe.DuplicateEntryError, match="twice"):
		frappe.throw("twice", frappe.DuplicateEntryError, title="Oh")
	log = [frappe.parse_json(entry) for entry in frappe.local.message_log]
	assert (log[-1]["message"], log[-1]["title"]) == ("twice", "Oh")


def test_texts_are_translated_by_the_language_of_the_request():
	frappe.local.lang = "zh"
	assert frappe._("CRM Customers") != "CRM Customers"
	assert frappe._("No translation for this 123") == "No translation for this 123"
	frappe.local.lang = "en"
	assert frappe._("CRM Customers") == "CRM Customers"


def test_json_knows_dates_and_attribute_dicts():
	assert frappe.parse_json('{"a": 1}').a == 1
	assert '"2026-01-01"' in frappe.as_json({"day": datetime.date(2026, 1, 1)})


def test_only_whitelisted_functions_are_called_over_http():
	from frappe.model.workflow import apply_workflow, get_workflow_name

	frappe.is_whitelisted(apply_workflow)
	with pytest.raises(frappe.PermissionError):
		frappe.is_whitelisted(get_workflow_name)
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		frappe.is_whitelisted(apply_workflow)


def test_an_assignment_is_a_todo_and_stands_on_the_record():
	from frappe.desk.form import assign_to

	store = make_store("Assigned Road")
	assign_to.add(
		{"assign_to": ["Administrator"], "doctype": "CRM Store", "name": store.name, "description": "look"}
	)
	assert frappe.db.exists("ToDo", {"reference_name": store.name, "allocated_to": "Administrator"})
	assert "Administrator" in frappe.db.get_value("CRM Store", store.name, "_assign")


def test_comments_belong_to_their_record():
	store = make_store("Comment Road")
	store.add_comment("Comment", "hello")
	row = frappe.get_all("Comment", {"reference_name": store.name, "comment_type": "Comment"}, ["content"])[0]
	assert row.content == "hello"


def test_a_scheduler_hook_and_a_list_hook_are_lists():
	assert isinstance(frappe.get_hooks("after_migrate"), list)
	assert isinstance(frappe.get_hooks("doc_events"), dict)
	assert frappe.get_installed_apps()[0] == "frappe"
