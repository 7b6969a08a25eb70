"""Campaign: plan, approval by marketing and finance, run and stop."""

import frappe
import pytest
from crm_testing.customers import make_customer, make_user
from crm_testing.marketing import make_campaign, make_segment, rule
from crm_testing.service import move

from crm_app.crm_marketing.doctype.crm_campaign import actions

PLANNER, MARKETING, FINANCE = "camp_planner@test.crm", "camp_marketing@test.crm", "camp_finance@test.crm"
CITY = "Campaignville"


@pytest.fixture
def people():
	make_user(PLANNER, "CRM Marketing User")
	make_user(MARKETING, "CRM Marketing User")
	make_user(FINANCE, "CRM Finance User")


def planned(as_user, customers: int = 1, **values):
	"""A complete plan, made by the planner."""
	for _ in range(customers):
		make_customer(city=CITY)
	with as_user(PLANNER):
		segment = make_segment(rule("city", "equals", CITY))
		channels = [{"channel": "SMS", "send_on": "2026-02-12", "planned_cost": 500}]
		return make_campaign(segment=segment.name, **({"channels": channels} | values))


def approve(campaign, as_user):
	for user, action in ((PLANNER, "Submit for Approval"), (MARKETING, "Approve"), (FINANCE, "Approve")):
		with as_user(user):
			campaign = move(frappe.get_doc("CRM Campaign", campaign.name), action)
	return campaign


def test_marketing_and_finance_approve_and_the_approval_is_recorded(people, as_user):
	campaign = approve(planned(as_user, customers=2, expected_response_rate=50), as_user)
	assert campaign.status_category == "Approved"
	assert (campaign.approved_by, campaign.approved_budget) == (FINANCE, 20000)
	assert (campaign.target_count, campaign.expected_customers) == (2, 1)


def test_the_planner_does_not_approve_the_own_campaign(people, as_user):
	campaign = planned(as_user)
	with as_user(PLANNER):
		campaign = move(campaign, "Submit for Approval")
		with pytest.raises(frappe.ValidationError, match="Self approval"):
			move(campaign, "Approve")


def test_an_empty_segment_is_not_approved(people, as_user):
	with pytest.raises(frappe.ValidationError, match="no customers"):
		approve(planned(as_user, customers=0), as_user)


@pytest.mark.parametrize(("missing", "label"), [("segment", "Segment"), ("channels", "Channels")])
def test_a_plan_without_segment_or_channels_is_not_sent_to_approval(people, as_user, missing, label):
	campaign = planned(as_user)
	with as_user(PLANNER):
		campaign.set(missing, None)
		campaign.save()
		with pytest.raises(frappe.ValidationError, match=label):
			move(campaign, "Submit for Approval")


@pytest.mark.parametrize(
	("values", "message"),
	[
		({"end_date": "2026-02-09"}, "before the start"),
		({"end_date": None}, "End"),
		({"budget_amount": -1}, "negative"),
		({"expected_response_rate": 101}, "between 0 and 100"),
		({"channels": [{"channel": "SMS", "send_on": "2027-01-01"}]}, "Row 1"),
	],
)
def test_plans_that_make_no_sense_are_refused(values, message):
	with pytest.raises(frappe.ValidationError, match=message):
		make_campaign(**values)


def test_channels_may_not_cost_more_than_the_budget(people, as_user):
	campaign = planned(as_user, budget_amount=499)
	with as_user(PLANNER), pytest.raises(frappe.ValidationError, match="more than the budget"):
		move(campaign, "Submit for Approval")


def test_the_budget_cannot_grow_after_approval_and_the_target_stays(people, as_user):
	campaign = approve(planned(as_user), as_user)
	make_customer(city=CITY)
	with as_user(MARKETING):
		campaign = frappe.get_doc("CRM Campaign", campaign.name)
		campaign.budget_amount = 20001
		with pytest.raises(frappe.ValidationError, match="new approval"):
			campaign.save()
		campaign.reload()
		campaign.budget_amount = 19000
		campaign.approved_budget = 999999
		campaign.save()
		assert campaign.approved_budget == 20000
		assert campaign.target_count == 1
		campaign.end_date = "2026-03-31"
		campaign.start_date = "2026-02-01"
		with pytest.raises(frappe.ValidationError, match="after approval"):
			campaign.save()


def test_a_running_campaign_stops_with_a_reason_only(people, as_user):
	campaign = approve(planned(as_user), as_user)
	with as_user(MARKETING):
		campaign = move(frappe.get_doc("CRM Campaign", campaign.name), "Start")
		assert campaign.started_on
		with pytest.raises(frappe.ValidationError, match="Reason for Stopping"):
			move(campaign, "Stop")
		campaign = frappe.get_doc("CRM Campaign", campaign.name)
		campaign.stop_reason = "Out of stock"
		campaign.save()
		campaign = move(campaign, "Stop")
	assert (campaign.status_category, bool(campaign.ended_on)) == ("Stopped", True)


def test_a_returned_campaign_loses_its_approval(people, as_user):
	campaign = planned(as_user)
	with as_user(PLANNER):
		campaign = move(campaign, "Submit for Approval")
	with as_user(MARKETING):
		campaign = move(frappe.get_doc("CRM Campaign", campaign.name), "Send Back")
	assert (campaign.status_category, campaign.approved_by) == ("Draft", None)


def test_a_template_fills_what_is_empty_and_suggests_the_segment():
	make_customer(birthday="1990-06-15")
	campaign = make_campaign(
		template="Birthday Greeting",
		kind="Other",
		start_date="2026-06-01",
		end_date=None,
		objective="My own words",
	)
	assert campaign.kind == "Birthday"
	assert str(campaign.end_date) == "2026-06-30"
	assert campaign.objective == "My own words"
	assert [row.channel for row in campaign.channels] == ["WeChat"]
	campaign = actions.create_segment(frappe.as_json(campaign.as_dict()))
	segment = frappe.get_doc("Customer Segment", campaign.segment)
	assert segment.rules[0].operator == "anniversary in next days"
	with pytest.raises(frappe.ValidationError, match="already has"):
		actions.create_segment({"name": campaign.name})


def test_the_four_shipped_templates_have_valid_rules():
	kinds = set()
	for name in frappe.get_all("CRM Campaign Template", pluck="name"):
		template = frappe.get_doc("CRM Campaign Template", name)
		template.save()
		kinds.add(template.kind)
	assert {"Festival", "Birthday", "Off-peak", "Win-back"} <= kinds


def test_a_sales_user_reads_campaigns_but_does_not_plan_them(as_user):
	with as_user(make_user("camp_sales@test.crm", "CRM Sales User")):
		assert frappe.has_permission("CRM Campaign", "read")
		with pytest.raises(frappe.PermissionError):
			make_campaign()
