"""Customer Profitability on a site: every kind of cost, whose customers, and what the reader may not read."""

import frappe
import pytest
from crm_testing.customers import make_customer, make_interaction, make_user
from crm_testing.hosts import counted_queries
from crm_testing.membership import make_programme
from crm_testing.shop import LAST_DAY, make_shop, sales_people

from crm_app.crm_analytics.report.customer_profitability.customer_profitability import execute

DAY = "2024-05-05"


@pytest.fixture
def shop():
	for doctype in ("CRM Transaction", "CRM Interaction", "Complaint", "Expense Request"):
		frappe.db.delete(doctype)
	return make_shop()


def rows(**filters) -> dict:
	return {row["customer"]: row for row in execute({"to_date": LAST_DAY, **filters})[1]}


def _insert(doctype: str, values: dict) -> None:
	stamps = dict.fromkeys(("owner", "modified_by"), "Administrator")
	stamps |= dict.fromkeys(("creation", "modified"), f"{DAY} 10:00:00")
	row = {"name": frappe.generate_hash(length=10), **values, **stamps}
	frappe.db.bulk_insert(doctype, list(row), [list(row.values())])


def make_compensation(customer: str, amount: float, status: str = "Resolved", currency: str = "CNY") -> None:
	"""A complaint as it lies in the table after its long way through the workflow."""
	values = {"customer": customer, "compensation_amount": amount, "currency": currency}
	_insert("Complaint", values | {"status_category": status, "resolved_on": f"{DAY} 10:00:00"})


def test_revenue_is_net_and_the_margin_is_taken_of_it(shop):
	found = rows(margin=25)
	assert {name: (row["revenue"], row["profit"]) for name, row in found.items()} == {
		shop.big: (800, 200),
		shop.middle: (100, 25),
		shop.small: (50, 12.5),
	}
	assert found[shop.big]["return_on"] == 25


def test_the_margin_of_the_settings_counts_where_none_is_given(shop):
	frappe.db.set_single_value("Analytics Settings", "margin", 50)
	assert rows()[shop.big]["contribution"] == 400


def test_compensations_of_settled_complaints_in_the_same_currency(shop):
	make_compensation(shop.small, 30)
	make_compensation(shop.small, 7, status="Open")
	make_compensation(shop.small, 9, currency="USD")
	assert rows()[shop.small]["compensation"] == 30
	assert rows(from_date="2024-05-06") == {}


def test_talking_costs_time(shop):
	make_interaction(shop.small, occurred_on=f"{DAY} 23:30:00", duration_minutes=30)
	assert rows(hourly_cost=80)[shop.small]["service"] == 40
	assert rows(hourly_cost=80, to_date="2024-05-04")[shop.small]["service"] == 0
	assert rows()[shop.small]["service"] == 0


def expense(customer: str, status: str, total: float, reimbursed: float = 0) -> None:
	"""A request as it lies in the table after its way through approval and reimbursement."""
	values = {"customer": customer, "status_category": status, "total_amount": total, "posting_date": DAY}
	_insert("Expense Request", values | {"reimbursed_total": reimbursed})


def test_expenses_count_as_approved_and_then_as_reimbursed(shop):
	expense(shop.small, "Approved", 20)
	expense(shop.small, "Reimbursed", 100, reimbursed=15)
	expense(shop.small, "Rejected", 500)
	row = rows()[shop.small]
	assert row["expenses"] == 35 and row["profit"] == 15
	assert "expense-request" in row["expenses_route"]


def make_entry(customer: str, kind: str, entry_type: str, amount: float, programme=None) -> None:
	values = {"customer": customer, "kind": kind, "entry_type": entry_type, "amount": amount}
	key = frappe.generate_hash(length=10)
	_insert(
		"Member Ledger Entry", values | {"posting_date": DAY, "programme": programme, "idempotency_key": key}
	)


def test_rewards_are_points_at_their_value_and_gifts_that_were_spent(shop):
	programme = make_programme().name
	frappe.db.set_value("Membership Programme", programme, "point_value", 0.01)
	make_entry(shop.small, "Points", "Earn", 900, programme)
	make_entry(shop.small, "Points", "Redeem", -700, programme)
	make_entry(shop.small, "Points", "Return", 200, programme)
	make_entry(shop.small, "Bonus", "Payment", -3)
	make_entry(shop.small, "Principal", "Payment", -40)
	assert rows()[shop.small]["rewards"] == 8


def test_who_cost_without_buying_is_a_loss(shop):
	quiet = make_customer(customer_name="Quiet").name
	make_compensation(quiet, 12)
	found = execute({"to_date": LAST_DAY})
	assert found[1][-1]["customer"] == quiet and found[1][-1]["profit"] == -12
	assert found[1][-1]["return_on"] is None
	assert next(card["value"] for card in found[4] if card["label"] == "Customers at a Loss") == 1


def test_sales_staff_see_their_own_customers_and_are_told_what_is_left_out(shop, as_user):
	_mine, other = sales_people(shop)
	make_compensation(shop.big, 30)
	expense(shop.middle, "Approved", 20)
	with as_user(other):
		found = rows()
		assert set(found) == {shop.middle, shop.small}
		assert not found[shop.middle].get("expenses"), "another's request"
	marketing = make_user("market@profit.test", "CRM Marketing User")
	with as_user(marketing):
		message = execute({"to_date": LAST_DAY})[2]
		unread = not frappe.has_permission("Expense Request", "read")
		assert ("may not read" in message) == unread


def test_filters_narrow_every_number(shop):
	make_compensation(shop.big, 30)
	expense(shop.small, "Approved", 20)
	frappe.db.set_value("CRM Customer", shop.big, "account_manager", "Administrator")
	assert set(rows(account_manager="Administrator")) == {shop.big}
	assert rows(account_manager="Administrator")[shop.big]["profit"] == 770


def test_nobody_gives_an_empty_report_and_bad_numbers_a_message():
	_columns, found, _message, chart, cards = execute({"to_date": "1999-01-01"})
	assert (found, chart, cards) == ([], None, [])
	for filters in ({"margin": 101}, {"margin": -1}, {"hourly_cost": -5}):
		with pytest.raises(frappe.ValidationError):
			execute(filters)


def test_the_number_of_queries_does_not_grow(shop):
	counts = []
	for customers in (1, 3):
		for _number in range(customers):
			make_compensation(make_customer().name, 5)
		execute({"to_date": LAST_DAY})  # settings are remembered from here on
		with counted_queries() as queries:
			execute({"to_date": LAST_DAY})
		counts.append(len(queries))
	assert counts[0] == counts[1]
