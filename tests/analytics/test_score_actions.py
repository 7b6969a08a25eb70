"""From a list to a segment or to retention tasks."""

import json

import frappe
import pytest
from crm_testing.customers import make_user
from crm_testing.scores import scored_shop

from crm_app.crm_analytics.scores import retention, selection
from crm_app.www import score_actions

FILTERS = json.dumps({"at_least": 50})


@pytest.fixture
def shop():
	return scored_shop()


def likely_to_leave(at_least: float = 50) -> set[str]:
	filters = {"churn_probability": [">=", at_least]}
	return set(frappe.get_all("Customer Score", filters, pluck="customer", limit_page_length=0))


def members(segment: str) -> set[str]:
	filters = {"segment": segment}
	return set(frappe.get_all("Customer Segment Member", filters, pluck="customer", limit_page_length=0))


@pytest.mark.parametrize(("kind", "stored"), [("Manual", "Manual"), ("Dynamic", "Dynamic")])
def test_a_list_becomes_a_segment_of_the_same_customers(shop, kind, stored):
	answer = score_actions.save_segment("Churn Risk", FILTERS, f"Leaving {kind}", kind)
	segment = frappe.get_doc("Customer Segment", f"Leaving {kind}")
	assert segment.kind == stored and members(segment.name) == likely_to_leave()
	assert segment.member_count == len(likely_to_leave()) and str(segment.member_count) in answer["message"]


def test_a_dynamic_segment_follows_the_scores(shop):
	score_actions.save_segment("Customer Value", json.dumps({"segment": "Champions"}), "Best", "Dynamic")
	best = members("Best")
	frappe.db.set_value("Customer Score", sorted(best)[0], "segment", "At Risk")
	from crm_app.crm_marketing import segments

	segments.refresh(frappe.get_doc("Customer Segment", "Best"))
	assert members("Best") == best - {sorted(best)[0]}


def test_who_has_no_score_meets_no_rule_about_scores(shop):
	from crm_testing.customers import make_customer

	nobody = make_customer().name
	rule = {"source": "Scores", "fieldname": "churn_probability", "operator": "at most", "value": "100"}
	doc = frappe.get_doc(
		{"doctype": "Customer Segment", "segment_name": "All", "kind": "Dynamic", "rules": [rule]}
	).insert()
	assert doc.member_count == frappe.db.count("Customer Score")
	assert nobody not in set(shop)


def test_filters_that_rules_cannot_say_are_refused_for_a_dynamic_segment(shop):
	with pytest.raises(frappe.ValidationError, match="list instead"):
		score_actions.save_segment("RFM Migration", "{}", "Moved", "Dynamic")


@pytest.mark.parametrize("name", ["", "  "])
def test_a_segment_needs_a_name(shop, name):
	with pytest.raises(frappe.ValidationError, match="enter a name"):
		score_actions.save_segment("Churn Risk", FILTERS, name)


def test_a_taken_name_is_refused(shop):
	score_actions.save_segment("Churn Risk", FILTERS, "Leaving")
	with pytest.raises(frappe.ValidationError, match="already"):
		score_actions.save_segment("Churn Risk", FILTERS, "Leaving")


def test_each_listed_customer_gets_one_task_however_often_the_button_is_pressed(shop):
	make_user("rep@tasks.test", "CRM Sales User")
	leaving = sorted(likely_to_leave())
	frappe.db.set_value("CRM Customer", leaving[0], "account_manager", "rep@tasks.test")
	first = score_actions.make_tasks("Churn Risk", FILTERS)
	second = score_actions.make_tasks("Churn Risk", FILTERS)
	assert (first["made"], first["open"]) == (len(leaving), 0)
	assert (second["made"], second["open"]) == (0, len(leaving))
	tasks = frappe.get_all("Retention Task", {"status": "Open"}, ["*"], limit_page_length=0)
	assert sorted(task.customer for task in tasks) == leaving
	by_customer = {task.customer: task for task in tasks}
	assert by_customer[leaving[0]].allocated_to == "rep@tasks.test"
	assert by_customer[leaving[1]].allocated_to == "Administrator"
	assert all(task.churn_probability >= 50 and task.model_version for task in tasks)


def test_after_a_task_is_closed_the_customer_may_get_another(shop):
	retention.make_tasks(shop[:1])
	task = frappe.get_doc("Retention Task", {"customer": shop[0]})
	task.update({"status": "Kept", "outcome": "Came back"}).save()
	assert task.closed_on and retention.make_tasks(shop[:1])["made"] == 1
	task.status = "Open"
	with pytest.raises(frappe.DuplicateEntryError, match="open retention task"):
		task.save()


def test_what_the_model_said_cannot_be_edited(shop):
	retention.make_tasks(shop[:1])
	task = frappe.get_doc("Retention Task", {"customer": shop[0]})
	before = task.churn_probability
	task.update({"churn_probability": 1, "reasons": "none"}).save()
	assert task.churn_probability == before and task.reasons != "none"


def test_a_sales_user_makes_tasks_for_customers_they_see(shop, as_user):
	make_user("rep@tasks.test", "CRM Sales User")
	make_user("other@tasks.test", "CRM Sales User")
	frappe.db.set_value("CRM Customer", {"name": ["in", shop[::2]]}, "account_manager", "other@tasks.test")
	with as_user("rep@tasks.test"):
		assert retention.make_tasks(shop)["made"] == 60
	assert not frappe.db.exists("Retention Task", {"customer": shop[0]})


@pytest.mark.parametrize("role", ["CRM Finance User", "CRM General Manager"])
def test_who_may_not_create_is_refused(shop, as_user, role):
	make_user("reader@tasks.test", role)
	with as_user("reader@tasks.test"):
		for act in (score_actions.make_tasks, lambda *given: score_actions.save_segment(*given, "Mine")):
			with pytest.raises(frappe.PermissionError):
				act("Churn Risk", FILTERS)


def test_a_report_that_lists_no_customers_is_refused():
	with pytest.raises(frappe.ValidationError, match="lists no customers"):
		selection.filters_of("Model Quality", {})


def test_the_page_tells_whom_it_is_about(shop):
	frappe.local.form_dict = frappe._dict(report="Churn Risk", at_least="50", nonsense="1")
	context = score_actions.get_context(frappe._dict())
	assert context.count == len(likely_to_leave()) and context.may_segment and context.may_follow
	assert len(context.names) <= 12 and "nonsense" not in context.filters_json
