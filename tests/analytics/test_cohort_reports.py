"""Cohort Retention and the customers behind its cells."""

import frappe
import pytest
from crm_testing.hosts import counted_queries
from crm_testing.shop import LAST_DAY, make_shop, sales_people

from crm_app.crm_analytics.report.cohort_customers.cohort_customers import execute as behind
from crm_app.crm_analytics.report.cohort_retention.cohort_retention import execute
from crm_app.crm_analytics.report_parts import tint


@pytest.fixture
def shop():
	frappe.db.delete("CRM Transaction")
	return make_shop()


def run(**filters):
	return execute({"to_date": LAST_DAY, **filters})


def row_of(cohort: str, **filters) -> list:
	row = next(row for row in run(**filters)[1] if row["cohort"] == cohort)
	return [row.get(f"m{later}") for later in range(4)]


def test_numbers_and_shares_of_customers_who_came_back(shop):
	assert row_of("2024-01", show="Number") == [2, 2, 0, 1]
	assert row_of("2024-01") == [100, 100, 0, 50]
	assert row_of("2024-02", show="Number") == [1, 0, 0, None]


def test_revenue_of_a_cohort(shop):
	assert row_of("2024-01", measure="Revenue", show="Number") == [400, 350, 0, 200]
	assert row_of("2024-01", measure="Revenue") == [100, 87.5, 0, 50]


def test_months_to_come_are_empty_and_shares_are_shaded(shop):
	row = next(row for row in run()[1] if row["cohort"] == "2024-02")
	assert "m3" not in row
	assert row["m1_tint"] == tint(0) == "#ffffff" and row.get("m0_tint") is None
	assert tint(1) == tint(7) == "#60a5fa" and tint(None) is None and tint(float("nan")) is None


def test_every_customer_is_in_one_cohort(shop):
	assert run()[4][0] == {"label": "Customers", "value": 3, "datatype": "Int", "indicator": "Blue"}


def test_the_period_chooses_cohorts_and_does_not_move_customers_into_later_ones(shop):
	assert [row["cohort"] for row in run(from_date="2024-02-01")[1]] == ["2024-02"]
	assert row_of("2024-01", to_date="2024-03-31", show="Number") == [2, 2, None, None]


def test_a_store_has_cohorts_of_its_own(shop):
	assert row_of("2024-01", store=shop.store, show="Number") == [1, None, None, None]
	assert behind({"cohort": "2024-01", "store": shop.store})[1][0]["customer"] == shop.big


def test_a_cell_leads_to_its_customers(shop):
	route = next(row for row in run()[1] if row["cohort"] == "2024-01")["m3_route"]
	assert "cohort=2024-01" in route and "months_later=3" in route
	found = behind({"cohort": "2024-01", "months_later": 3})[1]
	assert [(row["customer"], row["sales"], row["revenue"]) for row in found] == [(shop.big, 1, 200)]
	assert {row["customer"] for row in behind({"cohort": "2024-01"})[1]} == {shop.big, shop.middle}


def test_sales_staff_see_cohorts_of_their_own_customers(shop, as_user):
	_mine, other = sales_people(shop)
	with as_user(other):
		assert row_of("2024-01", show="Number") == [1, 1, None, None]
		assert {row["customer"] for row in behind({"cohort": "2024-01"})[1]} == {shop.middle}


def test_the_number_of_queries_does_not_grow(shop):
	run()
	with counted_queries() as queries:
		run()
	assert len(queries) <= 3


def test_a_shop_without_sales_gets_an_empty_report():
	_columns, rows, _message, chart, cards = run(to_date="1999-01-01")
	assert (rows, chart, cards) == ([], None, [])


def test_one_sale_is_a_cohort_of_one_month(shop):
	columns, rows, _message, chart, _cards = run(to_date="2024-01-10")
	assert [(row["size"], row["m0"]) for row in rows] == [(1, 100)] and chart is None
	assert [column["fieldname"] for column in columns] == ["cohort", "size", "m0"]


def test_a_cohort_that_is_no_month_is_refused():
	with pytest.raises(frappe.ValidationError, match="no month"):
		behind({"cohort": "spring"})
	assert behind({})[1] == []
