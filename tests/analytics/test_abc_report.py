"""ABC Analysis on a site: every kind, its filters, rights, drill-down and bad input."""

import frappe
import pytest
from crm_testing.customers import make_customer
from crm_testing.hosts import counted_queries
from crm_testing.sales import make_transaction
from crm_testing.shop import LAST_DAY, line, make_shop, sales_people

from crm_app.crm_analytics.report.abc_analysis.abc_analysis import KINDS, execute
from crm_app.crm_analytics.report.sales_lines.sales_lines import execute as sales_lines


@pytest.fixture
def shop():
	frappe.db.delete("CRM Transaction")
	frappe.db.delete("CRM Transaction Item")
	return make_shop()


def run(**filters):
	return execute({"to_date": LAST_DAY, **filters})


def totals(**filters) -> dict:
	return {row["key"]: row["total"] for row in run(**filters)[1]}


def classes(**filters) -> dict:
	return {row["key"]: row["class"] for row in run(**filters)[1]}


def card(label: str, **filters):
	return next(card["value"] for card in run(**filters)[4] if card["label"] == label)


def test_customers_are_classed_by_what_they_bought(shop):
	assert totals() == {shop.big: 800, shop.middle: 150, shop.small: 50}
	assert classes() == {shop.big: "A", shop.middle: "B", shop.small: "C"}
	assert [row["cumulative"] for row in run()[1]] == [80, 95, 100]


def test_items_categories_stores_and_people(shop):
	assert totals(by="Item") == {"TEA": 700, "CUP": 250, "POT": 50}
	assert totals(by="Category") == {"Drinks": 700, "Ware": 250, "": 50}
	assert totals(by="Store") == {shop.store: 300, "": 700}
	assert totals(by="Employee") == {"": 1000}


@pytest.mark.parametrize("kind", KINDS)
def test_no_sale_is_lost_or_counted_twice(shop, kind):
	assert card("Revenue", by=kind) == 1000
	assert card("Revenue", by=kind, net_of_returns=1) == 950


def test_returns_count_when_asked_for(shop):
	assert totals(net_of_returns=1)[shop.middle] == 100


def test_the_filters_narrow_the_sales(shop):
	assert totals(from_date="2024-02-20", net_of_returns=0) == {shop.big: 200, shop.small: 50}
	assert totals(store=shop.store) == {shop.big: 300}
	assert totals(channel="Marketplace") == {}
	assert classes(cut_a=90, cut_b=99)[shop.middle] == "A"
	assert totals(abc_class="C") == {shop.small: 50}


def test_a_class_narrows_the_table_but_neither_chart_nor_cards(shop):
	assert card("Revenue", abc_class="C") == 1000
	assert run(abc_class="C")[3] == run()[3]


def test_a_segment_narrows_the_customers(shop):
	values = {"doctype": "Customer Segment", "segment_name": "Chosen", "kind": "Manual"}
	segment = frappe.get_doc(values).insert().name
	member = {"doctype": "Customer Segment Member", "segment": segment, "customer": shop.small}
	frappe.get_doc(member).insert()
	assert totals(customer_segment=segment) == {shop.small: 50}


def test_sales_staff_see_numbers_of_their_own_customers_only(shop, as_user):
	mine, other = sales_people(shop)
	assert totals(account_manager=mine) == {shop.big: 800}
	with as_user(other):
		assert set(totals()) == {shop.middle, shop.small}
		assert totals(by="Item") == {"TEA": 100, "CUP": 50, "POT": 50}
		assert {row["customer"] for row in sales_lines({"item_code": "TEA"})[1]} == {shop.middle}
	with as_user(mine):
		assert card("Revenue") == 1000


def test_a_total_leads_to_its_sales(shop):
	first = run()[1][0]
	assert "/app/crm-transaction?" in first["total_route"] and shop.big in first["total_route"]
	item = run(by="Item")[1][0]
	assert item["total_route"].startswith("/app/query-report/Sales%20Lines?")
	lines = sales_lines({"item_code": item["key"], "to_date": LAST_DAY})[1]
	assert sum(row["amount"] for row in lines) == item["total"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_number_of_queries_does_not_grow(shop, kind):
	run(by=kind)
	with counted_queries() as queries:
		run(by=kind)
	assert len(queries) <= 3  # two look at the ends of an index for the currency


def test_only_one_currency_is_added_up(shop):
	make_transaction(shop.small, posting_date="2024-03-03", currency="USD", items=[line("TEA", 9000)])
	_columns, rows, message, *_rest = run()
	assert {row["key"]: row["total"] for row in rows} == {shop.big: 800, shop.middle: 150, shop.small: 50}
	assert "CNY" in message


@pytest.mark.parametrize(
	"filters",
	[
		{"by": "Colour"},
		{"cut_a": 95, "cut_b": 80},
		{"cut_b": 101},
		{"from_date": "2024-07-01"},
		{"from_date": "the day before"},
	],
)
def test_bad_filters_get_a_plain_message(shop, filters):
	with pytest.raises(frappe.ValidationError):
		run(**filters)


@pytest.mark.parametrize("kind", KINDS)
def test_a_shop_without_sales_gets_an_empty_report(kind):
	_columns, rows, _message, chart, cards = run(by=kind, to_date="1999-01-01")
	assert (rows, chart, cards) == ([], None, [])


def test_one_customer_holds_everything(shop):
	_columns, rows, _message, chart, _cards = run(from_date="2024-04-01")
	assert [(row["class"], row["share"]) for row in rows] == [("A", 100)]
	assert chart["data"]["datasets"][0]["values"] == [0, 100]
	assert card("Gini Coefficient", from_date="2024-04-01") == 0


def test_returns_larger_than_sales_are_in_the_last_class(shop):
	found = run(from_date="2024-03-01", to_date="2024-03-31", net_of_returns=1)
	assert [(row["total"], row["class"], row["share"]) for row in found[1]] == [(-50, "C", 0)]
	assert found[3] is None


def test_sales_to_come_do_not_count(shop):
	sale = make_transaction(shop.small, posting_date="2024-06-01", items=[line("TEA", 9000)])
	frappe.db.set_value("CRM Transaction", sale.name, "posting_date", "2999-01-01")
	assert {row["key"]: row["total"] for row in execute({})[1]}[shop.small] == 50


def test_customers_who_bought_the_same_are_classed_in_the_order_of_their_ids():
	frappe.db.delete("CRM Transaction")
	names = [make_customer(customer_name="Alike").name for _number in range(10)]
	for name in names:
		make_transaction(name, posting_date="2024-06-01")
	found = classes()
	assert [found[name] for name in sorted(names)] == [*"AAAAAAAABB"]


def test_a_shop_of_zero_amounts_has_no_curve(shop):
	frappe.db.set_value("CRM Transaction", {"docstatus": 1}, "amount", 0)
	_columns, rows, _message, chart, cards = run()
	assert {row["class"] for row in rows} == {"C"} and chart is None
	assert {card["value"] for card in cards if card["datatype"] != "Int"} == {0}
