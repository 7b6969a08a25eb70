"""What sales earn, what returns and cancellations take back."""

import json

import frappe
import pytest
from crm_testing.ledger import grant, held, lots, make_member, spend
from crm_testing.sales import make_return, make_transaction
from frappe.utils import add_days, nowdate

from crm_app.crm_membership import catching_up, ledger_audit, sales_ledger
from crm_app.crm_membership.domain.taking_back import take_back
from crm_app.crm_sales.domain.returns import Moved
from crm_app.utils.money import to_decimal

LINES = [
	{"item_code": "TEA", "qty": 3, "rate": 33.5},
	{"item_code": "POT", "qty": 1, "rate": 120.9},
]


@pytest.fixture
def card():
	return make_member(points_valid_months=0)


def sell(card: str, lines=LINES, **values):
	holder = frappe.db.get_value("Member Card", card, "customer")
	values = {"posting_date": nowdate(), "items": [dict(line) for line in lines]} | values
	return make_transaction(holder, member_card=card, **values)


def earning(transaction):
	fields = ["points", "tier_credit", "charged", "forgiven", "note", "cancelled", "lines"]
	return frappe.db.get_value("Member Earning", {"transaction": transaction.name}, fields, as_dict=True)


# Earning


def test_a_submitted_sale_earns_points_and_tier_credit(card):
	sale = sell(card)
	assert (held(card), held(card, "tier_credit")) == (221, 221.4)
	found = earning(sale)
	assert (found.points, found.tier_credit) == (221, 221.4)
	assert sum(to_decimal(line["points"]) for line in json.loads(found.lines)) == 221
	assert ledger_audit.audit(card) == []


def test_a_sale_without_a_card_and_a_draft_earn_nothing(card):
	holder = frappe.db.get_value("Member Card", card, "customer")
	sell(card, submit=False)
	make_transaction(holder)
	assert held(card) == 0


@pytest.mark.parametrize("rounding, points", [("Down", 221), ("Half Up", 221), ("Up", 222)])
def test_points_are_rounded_once_by_the_programmes_rule(rounding, points):
	card = make_member(points_rounding=rounding)
	sell(card)
	assert held(card) == points


@pytest.mark.parametrize(
	"expiry, expires_on",
	[("Never", None), ("Months", "2027-03-01"), ("End of Year", "2027-12-31")],
)
def test_points_expire_as_the_programme_says(expiry, expires_on):
	card = make_member(points_expiry=expiry, points_valid_months=12)
	sell(card, posting_date="2026-03-01")
	found = frappe.db.get_value("Member Lot", {"account": card, "kind": "Points"}, "expires_on")
	assert str(found) == str(expires_on)


def test_a_sale_from_before_the_ledger_earns_nothing():
	card = make_member(earn_from=nowdate())
	sale = sell(card, posting_date=add_days(nowdate(), -1))
	assert (held(card), earning(sale).note) == (0, "Before the Ledger")


@pytest.mark.parametrize("earns, points", [(0, 0), (1, 221)])
def test_a_suspended_card_earns_only_where_the_programme_allows_it(earns, points):
	card = make_member(earn_while_blocked=earns)
	frappe.get_doc("Member Card", card).suspend()
	sell(card)
	assert held(card) == points


def test_the_sale_goes_through_although_its_card_earns_nothing():
	card = make_member()
	frappe.get_doc("Member Card", card).report_lost()
	sale = sell(card)
	assert (sale.docstatus, earning(sale).note) == (1, "Card Blocked")


def test_a_sale_is_posted_once(card):
	sale = sell(card)
	sales_ledger.earn(sale.name)
	sales_ledger.on_submit(sale)
	assert held(card) == 221
	assert frappe.db.count("Member Earning", {"transaction": sale.name}) == 1


# Returns


def test_partial_returns_take_back_exactly_what_was_earned_and_the_last_one_the_rest(card):
	sale = sell(card, [{"item_code": "TEA", "qty": 3, "rate": 33.5}])
	assert held(card) == 100
	taken = []
	for _number in range(3):
		before = held(card)
		make_return(sale, 1)
		taken.append(before - held(card))
	assert taken == [33, 33, 34]
	assert held(card, "tier_credit") == 0
	assert ledger_audit.audit(card) == []


def test_a_changed_rule_does_not_rewrite_the_past(card):
	sale = sell(card)
	programme = frappe.db.get_value("Member Card", card, "programme")
	frappe.get_doc("Membership Programme", programme).update({"points_per_unit": 10}).save()
	make_return(sale, 3)
	assert held(card) == 221 - earned_by(sale, "TEA")


def earned_by(sale, item):
	lines = json.loads(earning(sale).lines)
	return sum(float(line["points"]) for line in lines if line["item_code"] == item)


@pytest.mark.parametrize(
	"policy, points, owed, forgiven", [("Below Zero", -70, 70, 0), ("Forgive", 0, 0, 70)]
)
def test_returned_points_that_are_spent(policy, points, owed, forgiven):
	card = make_member(spent_points_policy=policy)
	sale = sell(card, [{"item_code": "TEA", "qty": 1, "rate": 100}])
	spend(card, 100)
	grant(card, 30)
	back = make_return(sale, 1)
	assert (held(card), held(card, "points_debt")) == (points, owed)
	assert (earning(back).charged, earning(back).forgiven) == (100, forgiven)
	assert ledger_audit.audit(card) == []


def test_a_programme_may_refuse_the_return_of_spent_points():
	card = make_member(spent_points_policy="Refuse")
	sale = sell(card, [{"item_code": "TEA", "qty": 1, "rate": 100}])
	spend(card, 100)
	with pytest.raises(frappe.ValidationError, match="taken back"):
		make_return(sale, 1)


def test_points_earned_later_pay_off_what_is_owed(card):
	sale = sell(card, [{"item_code": "TEA", "qty": 1, "rate": 100}])
	spend(card, 80)
	make_return(sale, 1)
	assert (held(card), held(card, "points_debt")) == (-80, 80)
	sell(card, [{"item_code": "TEA", "qty": 1, "rate": 60}])
	assert (held(card), held(card, "points_debt")) == (-20, 20)
	sell(card, [{"item_code": "TEA", "qty": 1, "rate": 50}])
	assert (held(card), held(card, "points_debt"), sum(lots(card))) == (30, 0, 30)
	assert ledger_audit.audit(card) == []


def test_what_has_lapsed_is_not_taken_back_again():
	card = make_member(points_valid_months=1)
	sale = sell(card, [{"item_code": "TEA", "qty": 1, "rate": 100}], posting_date=add_days(nowdate(), -60))
	grant(card, 500)
	spend(card, 20)
	assert (held(card), lots(card)) == (480, [0, 480])
	make_return(sale, 1)
	assert held(card) == 480


def test_a_cancelled_return_gives_the_points_back_and_they_can_be_returned_again(card):
	sale = sell(card, [{"item_code": "TEA", "qty": 1, "rate": 100}])
	spend(card, 70)
	back = make_return(sale, 1)
	assert held(card) == -70
	back.cancel()
	assert (held(card), held(card, "points_debt")) == (30, 0)
	make_return(sale, 1)
	assert held(card) == -70
	assert ledger_audit.audit(card) == []


# Cancelling


def test_a_cancelled_sale_is_reversed_and_nothing_is_deleted(card):
	sale = sell(card)
	entries = frappe.db.count("Member Ledger Entry", {"account": card})
	sale.cancel()
	assert (held(card), held(card, "tier_credit")) == (0, 0)
	assert frappe.db.count("Member Ledger Entry", {"account": card}) == 2 * entries
	filters = {"voucher_no": sale.name, "entry_type": "Reverse"}
	assert all(frappe.get_all("Member Ledger Entry", filters, pluck="reverses"))
	assert earning(sale).cancelled == 1


def test_cancelling_takes_back_what_the_returns_left(card):
	sale = sell(card, [{"item_code": "TEA", "qty": 2, "rate": 50}])
	back = make_return(sale, 1)
	back.cancel()
	sale.reload().cancel()
	assert (held(card), held(card, "tier_credit")) == (0, 0)


# Catching up


def test_transactions_that_came_by_bulk_are_posted_later_and_once(card):
	sale = sell(card, submit=False)
	frappe.db.set_value("CRM Transaction", sale.name, "docstatus", 1)
	assert catching_up.post_missing() >= 1
	assert held(card) == 221
	assert catching_up.post_missing() == 0


def test_an_imported_return_without_its_sale_takes_what_it_would_earn(card):
	sell(card)
	values = {"transaction_type": "Return", "source_system": "ERP", "external_id": "R1"}
	back = sell(card, [{"item_code": "TEA", "qty": 2, "rate": 50}], **values)
	assert (held(card), held(card, "tier_credit")) == (121, 121.4)
	back.cancel()
	assert held(card) == 221
	assert ledger_audit.audit(card) == []


# The share of a return


def test_the_share_follows_the_money_that_came_back_so_far():
	earned = [{"item_code": "A", "qty": "3", "amount": "10", "points": "10", "tier_credit": "10"}]
	places = {"points": 0, "tier_credit": 2}
	before, points = [], []
	for _number in range(3):
		moved = Moved(to_decimal(1), to_decimal("3.3333"))
		(back,) = take_back(earned, before, {"A": moved}, places)
		before.append(back.as_line())
		points.append(back.points)
	assert points == [3, 3, 4]
	assert take_back(earned, before, {"B": Moved(to_decimal(1))}, places) == []
