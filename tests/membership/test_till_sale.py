"""Sales at the till: quoted, committed once, cancelled to the point and the cent."""

import frappe
import pytest
from crm_testing.coupons import make_coupon
from crm_testing.customers import make_customer
from crm_testing.membership import make_card, make_programme
from crm_testing.tills import call, give, issue_token, make_member, make_till, new_key

from crm_app.crm_membership import ledger, ledger_audit

TEA = {"item_code": "TEA", "item_name": "Green tea", "category": "Drinks", "qty": 2, "rate": "50.00"}
BASKET = {"items": [TEA], "total": "100.00"}
PLAN = {"points_per_unit": 1, "point_value": "0.01", "points_expiry": "Never"}


@pytest.fixture
def till(site):
	return make_till(programme=make_programme(**PLAN).name)


@pytest.fixture
def card(till):
	return make_member(till, "13900139001")


def code(answer):
	assert answer["ok"] == (answer["code"] == "OK"), answer
	return answer["code"]


def commit(token, card, **fields):
	return call("commit", token, card=card.name, **BASKET | fields)


def audited(card):
	assert ledger_audit.audit(card.name) == []
	return ledger.balance(card.name)


def test_a_sale_is_written_and_earns(till, token, card):
	answer = commit(token, card, payment_method="Cash", cashier="Li")
	assert code(answer) == "OK"
	data = answer["data"]
	sale = frappe.get_doc("CRM Transaction", data["sale"])
	assert (sale.docstatus, sale.amount, sale.customer) == (1, 100, card.customer)
	assert (sale.member_card, sale.store, sale.customer_name) == (card.name, till.store, "Li Wei")
	line = sale.items[0]
	assert (line.item_code, line.category, line.qty, line.amount) == ("TEA", "Drinks", 2, 100)
	assert (data["earns"]["points"], data["balances"]["points"], data["to_pay"]) == ("100", "100", "100.00")
	assert audited(card).points == 100
	row = frappe.get_doc("Till Call", {"sale": sale.name})
	assert (row.cashier, row.amount, row.member_card, row.status) == ("Li", 100, card.name, "Done")


def test_a_sale_looks_like_one_of_the_desk(till, token, card):
	"""The fast writer gives what a Document would."""
	from crm_testing.sales import make_transaction

	fast = frappe.get_doc("CRM Transaction", commit(token, card)["data"]["sale"])
	values = {"member_card": card.name, "store": till.store, "posting_date": fast.posting_date}
	slow = make_transaction(card.customer, items=[dict(TEA)], **values)
	own = ("name", "creation", "modified", "owner", "modified_by", "posting_time", "parent", "doctype")
	for one, other in ((fast, slow), (fast.items[0], slow.items[0])):
		left, right = one.as_dict(), frappe.get_doc(other.doctype, other.name).as_dict()
		for field in one.meta.get_valid_columns():
			if field not in own:
				assert (left.get(field) or None) == (right.get(field) or None), field
	assert audited(card).points == 200


def test_the_same_sale_again_gets_the_first_answer(token, card):
	key = new_key()
	first, second = commit(token, card, key=key), commit(token, card, key=key)
	assert first == second and first["ok"]
	assert frappe.db.count("CRM Transaction", {"member_card": card.name}) == 1
	assert code(commit(token, card, key=key, points=1)) == "KEY_REUSED"


def test_points_and_stored_value_pay(token, card):
	give(card, points=5000, principal=30, bonus=10)
	asked = {"points": 2000, "stored_value": "35.00"}
	shown = call("quote", token, card=card.name, **BASKET, **asked)["data"]
	assert (shown["to_pay"], shown["points"]["money"]) == ("45.00", "20.00")
	answer = commit(token, card, **asked, pay="45.00")
	assert code(answer) == "OK"
	assert answer["data"]["earns"]["points"] == "80"  # not on what points paid
	left = audited(card)
	assert (left.points, left.value) == (3080, 5)
	assert answer["data"]["balances"]["stored_value"] == "5.00"


@pytest.mark.parametrize(
	("change", "expected"),
	[
		({"points": 5001}, "POINTS_SHORT"),
		({"stored_value": "40.01"}, "VALUE_SHORT"),
		({"pay": "99.99"}, "PAYMENT_MISMATCH"),
		({"total": "99.00"}, "TOTAL_MISMATCH"),
		({"coupons": ["NO-SUCH-COUPON"]}, "COUPON_UNKNOWN"),
		({"coupon": "X"}, "FIELD_UNKNOWN"),
		({"key": ...}, "KEY_MISSING"),
		({"moment": "2020-01-01T00:00:00"}, "CLOCK_SKEW"),
		({"items": [TEA | {"rate": 100000}], "total": 200000}, "AMOUNT_TOO_LARGE"),
		({"items": [TEA | {"qty": -2}], "total": 100}, "AMOUNT_NOT_POSITIVE"),
	],
)
def test_a_refused_sale_writes_nothing(till, token, card, change, expected):
	give(card, points=5000, principal=40)
	before = frappe.db.count("Member Ledger Entry", {"account": card.name})
	assert code(commit(token, card, **change)) == expected
	assert frappe.db.count("CRM Transaction", {"member_card": card.name}) == 0
	assert frappe.db.count("Member Ledger Entry", {"account": card.name}) == before
	assert frappe.db.count("Till Call", {"till": till.name}) == 0
	assert (audited(card).points, audited(card).value) == (5000, 40)


def test_a_crash_between_any_two_statements_leaves_nothing(till, token, card, monkeypatch):
	give(card, points=500, principal=50)
	frappe.db.commit()
	sql, writes = frappe.db.sql, []

	def dying(query, *args, **kwargs):
		if str(query).split()[0] in ("INSERT", "UPDATE", "DELETE"):
			writes.append(str(query))
			if len(writes) == dying.at:
				raise RuntimeError("the power is gone")
		return sql(query, *args, **kwargs)

	monkeypatch.setattr(frappe.db, "sql", dying)
	died = 0
	for dying.at in range(1, 40):
		writes.clear()
		try:
			assert commit(token, card, points=100, stored_value="20.00")["ok"]
			break
		except RuntimeError:
			died += 1
			frappe.db.rollback()
			assert frappe.db.count("CRM Transaction", {"member_card": card.name}) == 0
			assert frappe.db.count("Till Call", {"till": till.name}) == 0
			assert (audited(card).points, audited(card).value) == (500, 50)
	assert died >= 7
	assert (audited(card).points, audited(card).value) == (499, 30)


# cancelling


def test_a_cancelled_sale_takes_everything_back(till, token, card):
	give(card, points=5000, principal=30, bonus=10)
	key = new_key()
	commit(token, card, key=key, points=2000, stored_value="35.00")
	answer = call("cancel", token, of_key=key, reason="Changed mind")
	assert code(answer) == "OK"
	left = audited(card)
	assert (left.points, left.principal, left.bonus) == (5000, 30, 10)
	assert frappe.db.get_value("CRM Transaction", answer["data"]["sale"], "docstatus") == 2
	assert code(call("cancel", token, of_key=key)) == "SALE_CANCELLED"
	assert audited(card).points == 5000


def test_the_same_cancellation_again_gets_the_first_answer(token, card):
	key, again = new_key(), new_key()
	commit(token, card, key=key)
	assert call("cancel", token, of_key=key, key=again) == call("cancel", token, of_key=key, key=again)


def test_only_sales_of_the_store_are_cancelled(till, token, card):
	other = make_till(programme=till.programme)
	sister = make_till(store=till.store, programme=till.programme)
	sale = commit(token, card)["data"]["sale"]
	assert code(call("cancel", issue_token(other), sale=sale)) == "SALE_OTHER_TILL"
	assert code(call("cancel", token, of_key=new_key())) == "SALE_UNKNOWN"
	assert code(call("cancel", token, sale="no-such-sale")) == "SALE_UNKNOWN"
	assert code(call("cancel", issue_token(sister), sale=sale)) == "OK"


def test_a_sale_with_returns_is_not_cancelled(token, card):
	from crm_testing.sales import make_return

	sale = frappe.get_doc("CRM Transaction", commit(token, card)["data"]["sale"])
	make_return(sale, 1)
	assert code(call("cancel", token, sale=sale.name)) == "SALE_HAS_RETURNS"
	assert audited(card).points == 50


def test_a_card_of_another_customer_pays_nothing_of_mine(till, token, card):
	other = make_card(make_customer(customer_name="Other").name, till.programme)
	other.activate()
	give(card, points=5000)
	assert code(commit(token, other, points=100)) == "POINTS_SHORT"
	assert audited(card).points == 5000


@pytest.mark.parametrize(("move", "expected"), [("suspend", "CARD_SUSPENDED"), ("report_lost", "CARD_LOST")])
def test_no_sale_on_a_card_that_is_not_active(token, card, move, expected):
	getattr(card, move)()
	assert code(commit(token, card)) == expected


# stored value


def test_a_top_up_brings_its_bonus_and_is_counted_once(till, token, card):
	offer = {"doctype": "Top-up Offer", "offer_name": "Pay 500 get 50", "programme": till.programme}
	frappe.get_doc(offer | {"pay_amount": 500, "bonus_amount": 50}).insert()
	key = new_key()
	first = call("top_up", token, card=card.name, amount="500.00", payment_method="Cash", key=key)
	assert code(first) == "OK"
	assert first == call("top_up", token, card=card.name, amount="500.00", payment_method="Cash", key=key)
	assert (first["data"]["bonus"], first["data"]["balances"]["stored_value"]) == ("50.00", "550.00")
	left = audited(card)
	assert (left.principal, left.bonus) == (500, 50)
	assert code(call("top_up", token, card=card.name, amount="-5")) == "AMOUNT_NOT_POSITIVE"
	assert code(call("top_up", token, card=card.name, amount="999999999")) == "AMOUNT_TOO_LARGE"


def test_identify_tells_balances_and_coupons(token, card):
	give(card, points=120, principal=30, bonus=5)
	data = call("identify", token, phone="13900139001")["data"]
	assert (data["points"], data["stored_value"], data["bonus"]) == ("120", "35.00", "5.00")
	assert data["coupons"] == []


# coupons


def test_a_coupon_is_used_by_the_sale_and_released_by_its_cancellation(till, token, card):
	coupon, key = make_coupon(customer=card.customer), new_key()
	assert [row["code"] for row in call("identify", token, card=card.name)["data"]["coupons"]] == [coupon]
	answer = commit(token, card, coupons=[coupon], pay="80.00", key=key)
	assert (code(answer), answer["data"]["coupon_discount"]) == ("OK", "20.00")
	sale = frappe.get_doc("CRM Transaction", answer["data"]["sale"])
	assert (sale.amount, sale.discount_amount) == (80, 20)
	assert code(commit(token, card, coupons=[coupon])) == "COUPON_USED"
	call("cancel", token, of_key=key)
	assert code(commit(token, card, coupons=[coupon])) == "OK"
	assert audited(card).points == 80


def test_a_coupon_of_another_customer_sells_nothing(till, token, card):
	foreign = make_coupon(customer=make_customer(customer_name="Other").name)
	assert code(commit(token, card, coupons=[foreign])) == "COUPON_OTHER_CUSTOMER"
	assert frappe.db.count("CRM Transaction", {"member_card": card.name}) == 0
	told = call("quote", token, card=card.name, **BASKET, coupons=[foreign])["data"]["refused_coupons"]
	assert [row["reason"] for row in told] == ["COUPON_OTHER_CUSTOMER"]


def test_a_group_buyer_becomes_a_member_with_the_voucher(token):
	voucher = make_coupon()
	person = {"customer_name": "Group Buyer", "phone": "13600136000", "source": "Group Buying"}
	data = call("register", token, **person, voucher=voucher)["data"]
	assert data["voucher"] == voucher
	assert (
		code(call("register", token, **person | {"phone": "13600136001"}, voucher="NONE")) == "COUPON_UNKNOWN"
	)
	bought = call("commit", token, card=data["card"], **BASKET, coupons=[voucher])
	assert (code(bought), bought["data"]["to_pay"]) == ("OK", "80.00")
