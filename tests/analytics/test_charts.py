"""Dashboard charts: groups in the reader's language, and never the numbers of another reader."""

import json
from pathlib import Path

import frappe
import pytest
from crm_testing.customers import make_user
from crm_testing.scores import bulk_customers

import crm_app
from crm_app.crm_platform import charts

APP = Path(crm_app.__file__).parent
CHART = "Customers by Lifecycle Stage"
MEMORY = f"chart-data:{CHART}"


@pytest.fixture(autouse=True)
def no_memory():
	frappe.cache.delete_value(MEMORY)
	yield
	frappe.cache.delete_value(MEMORY)


@pytest.fixture
def customers():
	frappe.db.delete("CRM Customer")
	bulk_customers(["CHART-1", "CHART-2"], lifecycle_stage="Growth", account_manager="one@charts.test")
	bulk_customers(["CHART-3"], lifecycle_stage="Mature", account_manager="two@charts.test")
	bulk_customers(["CHART-4"], lifecycle_stage=None, account_manager="two@charts.test")


def shown(**given) -> dict:
	found = charts.get(chart_name=CHART, **given)
	return dict(zip(found["labels"], found["datasets"][0]["values"], strict=True))


def test_groups_are_named_in_the_readers_language(customers):
	assert shown() == {"Growth": 2, "Mature": 1, "Not Specified": 1}
	frappe.local.lang = "zh"
	assert shown() == {"成长": 2, "成熟": 1, "未填写": 1}


def test_sales_staff_get_their_own_numbers_whoever_looked_before(customers, as_user):
	for user in ("one@charts.test", "two@charts.test"):
		make_user(user, "CRM Sales User")
	assert sum(shown(refresh=1).values()) == 4
	with as_user("one@charts.test"):
		assert shown() == {"Growth": 2}
	with as_user("two@charts.test"):
		assert shown(refresh=1) == {"Mature": 1, "Not Specified": 1}
	assert sum(shown().values()) == 4


def test_the_desks_own_address_leads_here():
	path = "frappe.desk.doctype.dashboard_chart.dashboard_chart.get"
	assert frappe.get_hooks("override_whitelisted_methods")[path] == ["crm_app.crm_platform.charts.get"]


def test_what_people_entered_is_not_translated(customers):
	frappe.local.lang = "zh"
	chart = frappe.get_doc("Dashboard Chart", CHART)
	chart.group_by_based_on = "customer_name"
	found = {"labels": ["Growth"], "datasets": [{"name": CHART, "values": [1]}]}
	assert charts.in_words(chart, found)["labels"] == ["Growth"]
	assert charts.in_words(frappe._dict(chart_type="Count", document_type="User"), found) == found


def test_every_shipped_card_says_whose_readers_see_it():
	"""Frappe shows a card without a DocType to system managers alone, whatever its method asks."""
	cards = [json.loads(path.read_text()) for path in APP.glob("*/shipped/number_card/*.json")]
	assert cards and not [
		card["name"] for card in cards if not card["document_type"] and not card.get("report_name")
	]
