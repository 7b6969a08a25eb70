"""The RFM Segmentation report on a site: filters, permissions, drill-down, one query."""

import frappe
import pytest
from crm_testing.customers import make_customer, make_user
from crm_testing.hosts import counted_queries
from crm_testing.sales import make_transaction

from crm_app.crm_analytics.report.rfm_segmentation.rfm_segmentation import execute

DAY = "2024-06-30"


@pytest.fixture
def shop():
	regular, rare = make_customer(customer_name="Regular"), make_customer(customer_name="Rare")
	for day in ("2024-06-01", "2024-06-10", "2024-06-28"):
		make_transaction(regular.name, posting_date=day)
	make_transaction(rare.name, posting_date="2024-01-31")
	make_transaction(rare.name, posting_date="2024-07-02")
	return regular.name, rare.name


def rows_of(shop, **filters):
	rows = execute({"as_of": DAY, **filters})[1]
	return {row["customer"]: row for row in rows if row["customer"] in shop}


def test_sales_up_to_the_day_are_summed_per_customer(shop):
	found = rows_of(shop)
	assert [found[name]["frequency"] for name in shop] == [3, 1]
	assert [found[name]["recency"] for name in shop] == [2, 151]


def test_from_date_store_and_channel_narrow_the_sales(shop):
	assert set(rows_of(shop, from_date="2024-03-01")) == {shop[0]}
	assert rows_of(shop, channel="Marketplace") == {}


def test_a_segment_narrows_the_table_but_not_the_chart(shop):
	segment = rows_of(shop)[shop[0]]["segment"]
	_columns, rows, _message, chart, cards = execute({"as_of": DAY, "segment": segment})
	assert {row["segment"] for row in rows} == {segment}
	assert sum(chart["data"]["datasets"][0]["values"]) > len(rows) == cards[0]["value"]


def test_a_future_from_date_is_refused(shop):
	with pytest.raises(frappe.ValidationError, match="From Date"):
		execute({"as_of": DAY, "from_date": "2024-07-01"})


def test_no_sales_give_an_empty_report():
	_columns, rows, _message, chart, cards = execute({"as_of": "1999-01-01"})
	assert (rows, chart, cards) == ([], None, [])


def test_returns_and_drafts_do_not_count(shop):
	make_transaction(shop[1], posting_date="2024-06-29", submit=False)
	assert rows_of(shop)[shop[1]]["frequency"] == 1


def test_a_sales_user_sees_own_and_unassigned_customers_only(shop, as_user):
	make_user("rep@rfm.test", "CRM Sales User")
	make_user("other@rfm.test", "CRM Sales User")
	frappe.db.set_value("CRM Customer", shop[0], "account_manager", "other@rfm.test")
	with as_user("rep@rfm.test"):
		assert set(rows_of(shop)) == {shop[1]}
	with as_user("other@rfm.test"):
		assert set(rows_of(shop)) == set(shop)


def test_the_customer_cell_links_to_the_customer():
	column = execute({"as_of": DAY})[0][0]
	assert (column["fieldtype"], column["options"]) == ("Link", "CRM Customer")


def test_the_report_is_one_query_however_many_customers(shop):
	execute({"as_of": DAY})
	with counted_queries() as queries:
		execute({"as_of": DAY})
	assert len([query for query in queries if "GROUP BY" in query]) == 1
	for number in range(3):
		make_transaction(make_customer(customer_name=f"More {number}").name, posting_date="2024-02-01")
	execute({"as_of": DAY})
	with counted_queries() as more:
		execute({"as_of": DAY})
	assert len(more) == len(queries) < 20
