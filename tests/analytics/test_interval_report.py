"""Repurchase Interval and Sales Comparison on a site."""

import frappe
import pytest
from crm_testing.hosts import counted_queries
from crm_testing.sales import make_transaction
from crm_testing.shop import LAST_DAY, line, make_shop, sales_people

from crm_app.crm_analytics.report.repurchase_interval.repurchase_interval import KINDS, execute
from crm_app.crm_analytics.report.sales_comparison import sales_comparison


@pytest.fixture
def shop():
	for doctype in ("CRM Transaction", "CRM Transaction Item"):
		frappe.db.delete(doctype)
	return make_shop()


def run(**filters):
	return execute({"to_date": LAST_DAY, **filters})


def by_customer(**filters) -> dict:
	return {row["customer"]: row for row in run(**filters)[1]}


def card(label: str, **filters):
	return next(card["value"] for card in run(**filters)[4] if card["label"] == label)


def test_each_customer_has_an_interval_of_their_own(shop):
	found = by_customer()
	assert set(found) == {shop.big, shop.middle}, "who bought once has none"
	assert [found[shop.big][name] for name in ("days", "usual", "silent")] == [3, 45, 82]
	assert found[shop.middle]["usual"] == 21 and str(found[shop.big]["expected_on"]) == "2024-05-24"


def test_overdue_is_who_is_silent_for_twice_the_usual_time(shop):
	assert {name for name, row in by_customer().items() if row["overdue"] == "Overdue"} == {shop.middle}
	assert set(by_customer(overdue_only=1)) == {shop.middle}
	assert card("Overdue Customers") == 1
	assert run(overdue_only=1)[3] == run()[3], "the chart stays that of everybody"


def test_the_distribution_counts_every_repurchase(shop):
	assert card("Repurchases") == 3 and card("Half Within (Days)") == 30 and card("Mean Days") == 37
	values = run()[3]["data"]["datasets"][0]["values"]
	assert sum(values) == 3 and values[2:4] == [2, 1]


def test_several_sales_of_a_day_are_one_purchase(shop):
	make_transaction(shop.small, posting_date="2024-02-20", items=[line("POT", 5)])
	assert shop.small not in by_customer() and card("Repurchases") == 3


def test_items_and_categories_have_intervals_of_their_own(shop):
	items = {row["key"]: row for row in run(by="Item")[1]}
	assert (items["TEA"]["customers"], items["TEA"]["intervals"], items["TEA"]["p50"]) == (2, 2, 45)
	assert (items["CUP"]["intervals"], items["CUP"]["mean"]) == (1, 30)
	assert items["POT"]["intervals"] == 0 and "p50" not in items["POT"]
	categories = {row["key"]: row for row in run(by="Category")[1]}
	assert categories["Drinks"]["intervals"] == 2 and categories[""]["title"] == "Not Known"


def test_sales_staff_see_intervals_of_their_own_customers(shop, as_user):
	_mine, other = sales_people(shop)
	with as_user(other):
		assert set(by_customer()) == {shop.middle} and card("Repurchases") == 1
		assert {row["key"]: row["customers"] for row in run(by="Item")[1]} == {"TEA": 1, "CUP": 1, "POT": 1}


@pytest.mark.parametrize("kind", KINDS)
def test_two_queries_however_many_customers(shop, kind):
	run(by=kind)
	with counted_queries() as queries:
		run(by=kind)
	assert len(queries) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_no_sales_and_a_single_sale_give_an_answer(shop, kind):
	_columns, rows, _message, chart, cards = run(by=kind, to_date="1999-01-01")
	assert (rows, chart, cards) == ([], None, [])
	_columns, rows, _message, chart, cards = run(by=kind, to_date="2024-01-10")
	assert (chart, cards) == (None, []) and all(not row.get("intervals") for row in rows)


def test_an_unknown_kind_is_refused():
	with pytest.raises(frappe.ValidationError, match="choose one of"):
		run(by="Planet")


def compared(**filters) -> dict:
	rows = sales_comparison.execute({"year": 2024, **filters})[1]
	return {int(row["month"]): (row["before"], row["now"]) for row in rows}


def test_months_stand_beside_those_of_the_year_before(shop):
	make_transaction(shop.small, posting_date="2023-02-01", items=[line("POT", 200)])
	assert compared()[2] == (200, 400) and compared()[1] == (0, 400)
	assert compared(measure="Sales")[2] == (1, 3)
	assert compared(measure="Customers")[2] == (1, 3)
	assert compared(net_of_returns=1)[3] == (0, -50)
	row = sales_comparison.execute({"year": 2024})[1][1]
	assert (row["change"], row["difference"], row["so_far"]) == (100, 200, 300)
	assert "2024-02-29" in row["now_route"]


def test_a_month_of_nothing_has_no_percentage(shop):
	assert {row["change"] for row in sales_comparison.execute({"year": 2024})[1]} == {None}


def test_sales_staff_compare_their_own_customers(shop, as_user):
	_mine, other = sales_people(shop)
	with as_user(other):
		assert compared()[1] == (0, 100)


def test_years_without_sales_and_impossible_years(shop):
	_columns, rows, _message, chart, cards = sales_comparison.execute({"year": 1990})
	assert (rows, chart, cards) == ([], None, [])
	for filters in ({"year": "soon"}, {"year": 24}, {"measure": "Mood"}):
		with pytest.raises(frappe.ValidationError):
			sales_comparison.execute(filters)


def test_the_comparison_is_one_query_besides_the_currency(shop):
	with counted_queries() as queries:
		sales_comparison.execute({"year": 2024})
	assert len(queries) <= 3
