from datetime import date

import frappe
import pytest
from crm_testing.customers import history, make_customer
from crm_testing.sales import make_return, make_transaction

from crm_app.crm_customers.api import review_customer
from crm_app.crm_customers.queries import purchase_facts
from crm_app.crm_customers.review import review, review_all

AS_OF = date(2026, 6, 30)


@pytest.fixture(autouse=True)
def rules():
	rules = frappe.get_doc("CRM Customer Rules")
	rules.update(
		{
			"grade_by_rule": 1, "window_days": 365,
			"vip_amount": 1000, "vip_orders": 0, "potential_amount": 500,
			"lifecycle_by_rule": 1, "growth_orders": 2, "mature_orders": 5, "mature_days": 365,
			"decline_days": 180, "decline_percent": 60, "terminated_days": 730,
		}
	)  # fmt: skip
	return rules.save()


def bought(customer, day: str, amount: float):
	return make_transaction(
		customer.name, posting_date=day, items=[{"item_code": "TEA", "qty": 1, "rate": amount}]
	)


def test_facts_are_net_of_returns_and_leave_drafts_out():
	customer = make_customer()
	sale = bought(customer, "2026-05-01", 300)
	make_return(sale, 1, posting_date="2026-05-03")
	bought(customer, "2025-10-01", 200)
	make_transaction(customer.name, submit=False)
	facts = purchase_facts(AS_OF, 365, [customer.name])[customer.name]
	assert (facts.orders, facts.window_orders) == (2, 2)
	assert (facts.recent_amount, facts.earlier_amount, facts.window_amount) == (0, 200, 200)
	assert (facts.first_on, facts.last_on) == (date(2025, 10, 1), date(2026, 5, 1))


def test_the_nightly_run_sets_grade_and_stage_with_reasons():
	customer, silent = make_customer(), make_customer(customer_name="Zhang Min")
	for day in ("2026-05-01", "2026-06-01"):
		bought(customer, day, 600)
	bought(silent, "2025-10-01", 10)
	assert review_all(AS_OF) >= 2
	customer.reload()
	assert (customer.grade, customer.lifecycle_stage) == ("VIP", "Growth")
	assert "1200" in customer.grade_reason
	assert history(customer, "lifecycle_history", "from_stage", "to_stage", "source")[-1] == (
		"Potential",
		"Growth",
		"Rule",
	)
	assert frappe.db.get_value("CRM Customer", silent.name, "lifecycle_stage") == "Decline"


def test_a_second_run_finds_nothing_to_do():
	bought(make_customer(), "2026-05-01", 600)
	review_all(AS_OF)
	assert review_all(AS_OF) == 0


def test_what_was_decided_by_hand_stays():
	customer = make_customer(
		grade="VIP", grade_source="Manual", grade_reason="Friend", lifecycle_source="Manual"
	)
	bought(customer, "2026-05-01", 1)
	review_all(AS_OF)
	customer.reload()
	assert (customer.grade, customer.lifecycle_stage) == ("VIP", "Potential")


def test_a_switched_off_rule_does_nothing_at_night_but_on_demand(rules):
	rules.grade_by_rule = 0
	rules.save()
	customer = make_customer()
	bought(customer, "2026-05-01", 2000)
	review_all(AS_OF)
	assert frappe.db.get_value("CRM Customer", customer.name, "grade") == "Ordinary"
	customer.reload()
	assert review(customer, AS_OF)
	assert customer.grade == "VIP"


def test_one_broken_record_does_not_stop_the_night():
	broken, sound = make_customer(), make_customer(customer_name="Zhang Min")
	for customer in (broken, sound):
		bought(customer, "2026-05-01", 600)
	frappe.db.set_value("CRM Customer", broken.name, "mobile_no", "not a number")
	review_all(AS_OF)
	assert frappe.db.get_value("CRM Customer", sound.name, "grade") == "Potential"
	assert frappe.db.get_value("CRM Customer", broken.name, "grade") == "Ordinary"


def test_the_button_answers_with_the_document():
	customer = make_customer()
	answer = review_customer(frappe.as_json(customer.as_dict()))
	assert answer["doctype"] == "CRM Customer" and answer["name"] == customer.name
