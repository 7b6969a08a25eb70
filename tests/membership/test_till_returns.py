"""Part of a sale comes back at the till: goods, what they earned, what they were paid with; once."""

from decimal import Decimal

import frappe
import pytest
from crm_testing.coupons import make_coupon
from crm_testing.membership import make_programme
from crm_testing.tills import call, give, issue_token, make_member, make_till, new_key
from hypothesis import given as generated
from hypothesis import strategies as st

from crm_app.crm_membership import ledger, ledger_audit, reconciling
from crm_app.crm_membership.domain.giving_back import Paid, goods_back, rate_and_discount, shares
from crm_app.crm_membership.domain.kinds import POINTS, PRINCIPAL
from crm_app.crm_sales.domain.returns import Moved

TEA = {"item_code": "TEA", "item_name": "Green tea", "category": "Drinks", "qty": 3, "rate": "20.00"}
CUP = {"item_code": "CUP", "category": "Ware", "qty": 1, "rate": "40.00"}
BASKET = {"items": [TEA, CUP], "total": "100.00", "payment_method": "Cash"}
PLAN = {"points_per_unit": 1, "point_value": "0.01", "points_expiry": "Never", "value_order": "Proportional"}


@pytest.fixture
def till(site):
	return make_till(programme=make_programme(**PLAN).name)


@pytest.fixture
def card(till):
	return make_member(till, "13900139002")


def sell(token, card, **fields) -> str:
	key = new_key()
	answer = call("commit", token, card=card.name, key=key, **BASKET | fields)
	assert answer["ok"], answer
	return key


def bring_back(token, of_key, *lines, **fields):
	items = [{"item_code": item, "qty": qty} for item, qty in lines]
	return call("return_items", token, of_key=of_key, items=items, **fields)


def held(card):
	assert ledger_audit.audit(card.name) == []
	assert list(reconciling.mismatches(card=card.name)) == []
	left = ledger.balance(card.name)
	return left.points, left.principal, left.bonus


def test_part_of_a_sale_takes_back_its_points_and_gives_back_its_share(till, token, card):
	give(card, points=3000, principal=30, bonus=20)
	key = sell(token, card, points=3000, stored_value="50.00")
	assert held(card) == (70, 0, 0)
	answer = bring_back(token, key, ("TEA", 2), reason="Too strong")
	assert answer["ok"], answer
	data = answer["data"]
	assert data["refund"] == {"total": "40.00", "points": "1200", "stored_value": "20.00", "money": "8.00"}
	assert data["lines"] == [{"item_code": "TEA", "qty": "2", "amount": "40.00"}]
	assert held(card) == (70 - 28 + 1200, 12, 8)
	made = frappe.get_doc("CRM Transaction", data["return"])
	assert (made.docstatus, made.transaction_type, made.return_against) == (1, "Return", data["sale"])
	assert (made.amount, made.store, made.items[0].qty, made.items[0].category) == (
		-40,
		till.store,
		-2,
		"Drinks",
	)
	rest = bring_back(token, key, ("TEA", 1), ("CUP", 1))["data"]["refund"]
	assert rest == {"total": "60.00", "points": "1800", "stored_value": "30.00", "money": "12.00"}
	assert held(card) == (3000, 30, 20)


def test_the_same_return_again_gets_the_first_answer(token, card):
	sold, key = sell(token, card), new_key()
	first = bring_back(token, sold, ("CUP", 1), key=key)
	assert first["ok"] and first == bring_back(token, sold, ("CUP", 1), key=key)
	assert bring_back(token, sold, ("TEA", 1), key=key)["code"] == "KEY_REUSED"
	assert held(card)[0] == 60
	row = frappe.get_doc("Till Call", {"sale": first["data"]["return"]})
	assert (row.method, row.amount, row.status) == ("return_items", -40, "Done")


def test_what_cannot_come_back_is_refused_by_a_code_and_leaves_nothing(till, token, card):
	key, before = sell(token, card), frappe.db.count("CRM Transaction")
	other = issue_token(make_till(programme=till.programme))
	sale = frappe.db.get_value("Till Call", {"call_key": key}, "sale")
	line = {"items": [{"item_code": "TEA", "qty": 1}]}
	codes = [
		bring_back(token, key, ("TEA", 4))["code"],
		bring_back(token, key, ("TEA", 2), ("TEA", 2))["code"],
		bring_back(token, key, ("MUG", 1))["code"],
		bring_back(token, key, ("TEA", -1))["code"],
		bring_back(token, key)["code"],
		call("return_items", token, **line)["code"],
		call("return_items", token, of_key=new_key(), **line)["code"],
		call("return_items", other, sale=sale, **line)["code"],
	]
	assert codes == [
		"RETURN_TOO_MUCH",
		"RETURN_TOO_MUCH",
		"ITEM_NOT_SOLD",
		"AMOUNT_NOT_POSITIVE",
		"BASKET_EMPTY",
		"FIELD_MISSING",
		"SALE_UNKNOWN",
		"SALE_OTHER_TILL",
	]
	assert (frappe.db.count("CRM Transaction"), held(card)[0]) == (before, 100)
	call("cancel", token, of_key=key)
	assert bring_back(token, key, ("TEA", 1))["code"] == "SALE_CANCELLED"


def test_the_coupon_comes_back_with_the_last_of_the_goods(token, card):
	coupon = make_coupon(customer=card.customer)
	key = sell(token, card, coupons=[coupon])
	assert bring_back(token, key, ("TEA", 3))["data"]["refund"]["money"] == "48.00"
	assert frappe.db.get_value("Coupon", coupon, "use_count") == 1
	assert bring_back(token, key, ("CUP", 1))["data"]["refund"]["money"] == "32.00"
	assert frappe.db.get_value("Coupon", coupon, "use_count") == 0


def test_a_return_that_is_cancelled_in_the_desk_spends_again_what_it_gave_back(token, card):
	give(card, points=3000, principal=50)
	key = sell(token, card, points=3000, stored_value="50.00")
	made = bring_back(token, key, ("TEA", 2))["data"]["return"]
	frappe.get_doc("CRM Transaction", made).cancel()
	assert held(card) == (70, 0, 0)
	bring_back(token, key, ("TEA", 3), ("CUP", 1))
	assert held(card) == (3000, 50, 0)


def test_a_return_goes_to_the_card_that_replaced_the_old_one(token, card):
	give(card, principal=100)
	key = sell(token, card, stored_value="100.00")
	new = card.reload().replace("Lost")
	assert bring_back(token, key, ("CUP", 1))["ok"]
	assert held(new) == (60, 40, 0)


def in_the_desk(sale: str, qty: int, item_code="TEA", rate=20):
	doc = frappe.get_doc("CRM Transaction", sale)
	line = {"item_code": item_code, "qty": qty, "rate": rate}
	values = {"transaction_type": "Return", "return_against": sale, "customer": doc.customer, "items": [line]}
	made = frappe.get_doc({"doctype": "CRM Transaction", "posting_date": doc.posting_date, **values}).insert()
	return made.submit() or made


def test_a_return_in_the_desk_pays_back_as_the_till_does_and_tells_what_is_to_be_paid_out(token, card):
	give(card, points=3000, principal=30, bonus=20)
	key = sell(token, card, points=3000, stored_value="50.00")
	sale = frappe.db.get_value("Till Call", {"call_key": key}, "sale")
	frappe.clear_messages()
	made = in_the_desk(sale, 2)
	assert held(card) == (70 - 28 + 1200, 12, 8)
	told = [frappe.parse_json(row)["message"] for row in frappe.message_log]
	assert told == ["Back on the card: 1200 points and 20.00 of stored value. To be paid out: 8.00."]
	bring_back(token, key, ("TEA", 1))
	in_the_desk(sale, 1, "CUP", 40)
	assert held(card) == (3000, 30, 20)
	made.cancel()
	assert held(card) == (3000 - 1200 + 28, 18, 12)


def test_a_return_of_a_sale_that_was_paid_in_money_says_nothing(token, card):
	key = sell(token, card)
	frappe.clear_messages()
	in_the_desk(frappe.db.get_value("Till Call", {"call_key": key}, "sale"), 2)
	assert (held(card), frappe.message_log) == ((60, 0, 0), [])


def test_the_till_is_answered_and_reads_no_message_of_the_desk(token, card):
	give(card, principal=50)
	key = sell(token, card, stored_value="50.00")
	frappe.clear_messages()
	assert bring_back(token, key, ("CUP", 1))["data"]["refund"]["stored_value"] == "20.00"
	assert frappe.message_log == []


MONEY = st.integers(1, 10**6).map(lambda cents: Decimal(cents) / 100)


@generated(MONEY, st.integers(1, 9), st.lists(st.integers(1, 3), min_size=1, max_size=9))
def test_goods_in_steps_bring_back_exactly_what_they_cost(amount, qty, steps):
	sold, returned = {"TEA": Moved(Decimal(qty), amount)}, {}
	for step in [*steps, qty]:
		left = qty - returned.get("TEA", Moved()).qty
		if left:
			moved = goods_back({"TEA": min(Decimal(step), left)}, sold, returned)["TEA"]
			rate, discount = rate_and_discount(moved)
			assert discount >= 0 and moved.qty * rate - discount == moved.amount >= 0
			returned["TEA"] = returned.get("TEA", Moved()) + moved
	assert returned["TEA"] == sold["TEA"]


@generated(st.lists(MONEY, min_size=1, max_size=6), st.integers(0, 100), st.integers(0, 100))
def test_refunds_in_steps_never_exceed_what_was_paid(parts, points_share, value_share):
	total = sum(parts)
	points = int(total * points_share)  # a point is worth a cent
	value = min((total * value_share / 100).quantize(Decimal("0.01")), total - Decimal(points) / 100)
	given, money, before = {POINTS: Decimal(0), PRINCIPAL: Decimal(0)}, Decimal(0), Decimal(0)
	for part in parts:
		paid = [
			Paid(POINTS, Decimal(points), given[POINTS], Decimal("0.01"), 0),
			Paid(PRINCIPAL, value, given[PRINCIPAL], Decimal(1), 2),
		]
		back, cash = shares(part, before, total, paid)
		assert cash >= 0 and min(back.values()) >= 0
		given = {kind: given[kind] + back[kind] for kind in given}
		money, before = money + cash, before + part
	assert given[POINTS] <= points and given[PRINCIPAL] <= value
	assert given[POINTS] / 100 + given[PRINCIPAL] + money == total
