"""Paid membership: what a fee covers, its renewal, refund, reminder and end."""

from datetime import date
from decimal import Decimal

import frappe
import pytest
from crm_testing.customers import make_customer, make_user
from crm_testing.ledger import make_member
from crm_testing.membership import make_card, make_programme
from crm_testing.sales import make_transaction
from crm_testing.tills import call, issue_token, make_till
from frappe.utils import add_days, add_months, getdate, nowdate
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_membership import cards, fees
from crm_app.crm_membership.doctype.membership_fee import actions
from crm_app.crm_membership.domain.fees import covered, unused
from crm_app.crm_membership.domain.tiers import Period

PLUS = [{"tier_name": "Basic", "tier_level": 1}, {"tier_name": "Plus", "tier_level": 2, "annual_fee": 365}]


def make_fee(card, submit=True, **values):
	doc = frappe.get_doc({"doctype": "Membership Fee", "card": card, **values}).insert()
	return doc.submit() or doc if submit else doc


def card_value(card, field):
	value = frappe.db.get_value("Member Card", card, field)
	return str(value) if field.endswith(("until", "since")) and value else value


@pytest.fixture
def club():
	return make_programme(annual_fee=299, fee_grace_days=10).name


@pytest.fixture
def plus():
	return make_programme(tiers=PLUS).name


def test_the_fee_makes_the_card_valid_for_its_time(club):
	card = make_member(club, activate=False)
	fee = make_fee(card)
	last = add_days(add_months(nowdate(), 12), -1)
	assert (fee.amount, str(fee.covers_to), fee.status_category) == (299, str(last), "Paid")
	assert card_value(card, "status_category") == "Active"
	assert card_value(card, "paid_until") == str(last)
	assert card_value(card, "valid_until") == str(add_days(last, 10))


def test_a_renewal_follows_and_no_day_is_paid_twice(club):
	card = make_member(club)
	first = make_fee(card)
	actions.renew({"name": first.name})
	actions.renew({"name": first.name})
	(name,) = frappe.get_all("Membership Fee", {"card": card, "docstatus": 0}, pluck="name")
	renewal = frappe.get_doc("Membership Fee", name)
	assert str(renewal.covers_from) == str(add_days(first.covers_to, 1))
	renewal.submit()
	assert card_value(card, "paid_until") == str(renewal.covers_to)
	with pytest.raises(frappe.ValidationError, match="paid already"):
		make_fee(card, covers_from=nowdate())


def test_a_bought_tier_begins_at_once_and_falls_back_to_what_was_earned(plus):
	card = make_member(plus)
	fee = make_fee(
		card, paid_on=add_days(nowdate(), -400), covers_from=add_days(nowdate(), -400), covers_to=nowdate()
	)
	assert (card_value(card, "tier"), fee.tier) == ("Plus", "Plus")
	assert fees.end_unpaid() == 0
	frappe.db.set_value("Membership Fee", fee.name, "covers_to", add_days(nowdate(), -1))
	assert (fees.end_unpaid(), fees.end_unpaid()) == (1, 0)
	assert card_value(card, "tier") == "Basic"
	causes = frappe.get_all("Member Tier Change", {"card": card}, pluck="cause", order_by="creation asc")
	assert sorted(causes) == ["Fee Ended", "Fee Paid"]


def test_purchases_do_not_lower_or_raise_a_bought_tier(plus):
	card = make_member(plus)
	make_fee(card)
	make_transaction(frappe.db.get_value("Member Card", card, "customer"), member_card=card)
	assert card_value(card, "tier") == "Plus"


def test_a_tier_paid_ahead_begins_on_its_day(plus):
	card = make_member(plus)
	fee = make_fee(card, covers_from=add_days(nowdate(), 5))
	assert card_value(card, "tier") == "Basic"
	frappe.db.set_value("Membership Fee", fee.name, "covers_from", nowdate())
	assert fees.end_unpaid() == 1
	assert card_value(card, "tier") == "Plus"


def test_the_unused_part_is_refunded_once(plus):
	card = make_member(plus)
	start = add_days(nowdate(), -99)
	fee = make_fee(card, paid_on=start, covers_from=start, covers_to=add_days(start, 364))
	actions.refund_unused({"name": fee.name})
	fee.reload()
	assert (fee.refunded, fee.status_category) == (265, "Refunded")
	assert card_value(card, "tier") == "Basic" and not card_value(card, "paid_until")
	with pytest.raises(frappe.ValidationError, match="Nothing"):
		actions.refund_unused({"name": fee.name})


def test_a_cancelled_fee_takes_back_what_it_gave(club):
	card = make_member(club)
	fee = make_fee(card)
	fee.cancel()
	assert card_value(card, "valid_until") == nowdate()
	assert frappe.db.get_value("Membership Fee", fee.name, "status_category") == "Cancelled"


def test_the_card_of_a_paid_programme_expires_after_the_grace(club):
	card = make_member(club)
	start = add_days(nowdate(), -400)
	frappe.db.set_value("Member Card", card, "issued_on", start)
	fee = make_fee(card, paid_on=start, covers_from=start, covers_to=add_days(nowdate(), -11))
	cards.expire_cards()
	fees.end_unpaid()
	assert card_value(card, "status_category") == "Expired"
	assert frappe.db.get_value("Membership Fee", fee.name, "status_category") == "Ended"
	make_fee(card)
	assert card_value(card, "status_category") == "Active"


def test_a_card_nobody_has_paid_for_is_not_activated():
	card = frappe.get_doc("Member Card", make_member(annual_fee=299, activate=False))
	with pytest.raises(frappe.ValidationError, match="asks for a fee"):
		card.activate()
	assert card_value(card.name, "status_category") == "Issued"
	fee = make_fee(card.name)
	assert card_value(card.name, "status_category") == "Active"
	card.reload().suspend()
	card.activate()
	assert card_value(card.name, "valid_until") == str(fee.covers_to)
	fee.cancel()
	card.reload().suspend()
	with pytest.raises(frappe.ValidationError, match="asks for a fee"):
		card.activate()


def test_a_card_may_be_used_before_the_fee_for_the_days_of_grace_alone(club):
	card = frappe.get_doc("Member Card", make_member(club))
	last = str(add_days(nowdate(), 10))
	assert card_value(card.name, "valid_until") == last
	with pytest.raises(frappe.ValidationError, match="take the fee"):
		card.reload().renew()
	frappe.db.set_value("Member Card", card.name, "activated_on", add_days(nowdate(), -3))
	card.reload().suspend()
	card.activate()
	assert card_value(card.name, "valid_until") == str(add_days(nowdate(), 7))
	fee = make_fee(card.name)
	assert card_value(card.name, "valid_until") == str(add_days(fee.covers_to, 10))


def test_the_end_of_a_fee_activates_no_card(club):
	old = frappe.get_doc("Member Card", make_member(club))
	fee = make_fee(old.name)
	new = old.reload().replace("Lost")
	fee.reload().cancel()
	assert card_value(new.name, "status_category") == "Issued"


def test_a_till_registers_no_unpaid_member():
	till = make_till(programme=make_programme(annual_fee=299).name)
	token, who = issue_token(till), {"phone": "13900139777", "customer_name": "Paying"}
	refused = call("register", token, **who)
	assert refused["code"] == "FEE_DUE", refused
	assert not frappe.db.exists("CRM Customer", {"customer_name": "Paying"})
	frappe.get_doc("Membership Programme", till.programme).update({"fee_grace_days": 7}).save()
	answer = call("register", token, **who)
	assert answer["data"]["valid_until"] == str(add_days(nowdate(), 7)), answer


@pytest.mark.parametrize("how", ["replace", "merge"])
def test_a_bought_tier_ends_on_the_card_that_lives_on(plus, how):
	old = frappe.get_doc("Member Card", make_member(plus))
	fee = make_fee(old.name)
	waiting = make_fee(old.name, submit=False)
	old.reload()
	if how == "replace":
		new = old.replace("Lost").name
	else:
		new = make_card(old.customer, plus).name
		old.merge(new)
	assert (card_value(new, "tier"), card_value(new, "paid_until")) == ("Plus", str(fee.covers_to))
	assert {frappe.db.get_value("Membership Fee", doc.name, "card") for doc in (fee, waiting)} == {new}
	frappe.db.set_value("Membership Fee", fee.name, "covers_to", add_days(nowdate(), -1))
	assert fees.end_unpaid() == 1
	assert card_value(new, "tier") == "Basic"
	with pytest.raises(frappe.ValidationError, match="was replaced by"):
		make_fee(old.name)


def test_a_fee_refunded_after_the_card_was_replaced_lowers_the_new_card(plus):
	old = frappe.get_doc("Member Card", make_member(plus))
	fee = make_fee(old.name)
	new = old.reload().replace("Lost")
	fee.card = old.name  # a form that was opened before
	fees.refund_unused(fee)
	assert (card_value(new.name, "tier"), card_value(new.name, "paid_until")) == ("Basic", None)


def test_merged_cards_of_a_paid_programme_keep_the_longer_time(club):
	old = frappe.get_doc("Member Card", make_member(club))
	new = make_card(old.customer, club).name
	make_fee(new, covers_to=add_days(nowdate(), 30))
	fee = make_fee(old.name)
	old.reload().merge(new)
	assert card_value(new, "paid_until") == str(fee.covers_to)
	assert card_value(new, "valid_until") == str(add_days(fee.covers_to, 10))


def test_one_notice_per_person_and_each_fee_once(club):
	keeper = make_user("keeper@fees.test", "CRM Sales User")
	for days in (5, 20, 40):
		card = make_card(make_customer(account_manager=keeper).name, club)
		make_fee(card.name, covers_to=add_days(nowdate(), days))
	assert (fees.remind(), fees.remind()) == (2, 0)
	assert frappe.db.count("Notification Log", {"for_user": keeper}) == 1
	assert frappe.db.count("ToDo", {"allocated_to": keeper}) == 2


def test_a_renewed_membership_is_not_reminded(club):
	card = make_member(club)
	make_fee(card, covers_to=add_days(nowdate(), 5))
	make_fee(card)
	assert fees.remind() == 0


def test_one_fee_that_fails_stops_no_other(plus, monkeypatch):
	names = []
	for _n in range(3):
		fee = make_fee(make_member(plus), covers_to=nowdate())
		frappe.db.set_value("Membership Fee", fee.name, "covers_to", add_days(nowdate(), -1))
		names.append(fee.name)
	real = fees._end
	monkeypatch.setattr(fees, "_end", lambda fee: 1 / 0 if fee.name == names[1] else real(fee))
	assert fees.end_unpaid() == 2
	monkeypatch.setattr(fees, "_end", real)
	assert fees.end_unpaid() == 1


@pytest.mark.parametrize(
	"values, message",
	[
		({"tier": "Silver"}, "not a tier that is bought"),
		({"covers_from": "2026-01-02", "covers_to": "2026-01-01"}, "before the start"),
		({"paid_on": "2099-01-01"}, "future"),
		({"amount": -1}, "negative"),
	],
)
def test_bad_fees_are_refused(club, values, message):
	card = make_member(club)
	with pytest.raises(frappe.ValidationError, match=message):
		make_fee(card, **values)
	free = make_member()
	with pytest.raises(frappe.ValidationError, match="no fee"):
		make_fee(free)


def test_sales_staff_take_fees_of_their_customers_and_refund_none(plus, as_user):
	seller = make_user("seller@fees.test", "CRM Sales User")
	mine = make_card(make_customer(account_manager=seller).name, plus)
	theirs = make_card(make_customer(account_manager="Administrator").name, plus)
	other = make_fee(theirs.name)
	with as_user(seller):
		fee = make_fee(mine.name)
		assert frappe.get_list("Membership Fee", pluck="name") == [fee.name]
		with pytest.raises(frappe.PermissionError):
			make_fee(theirs.name)
		for name in (fee.name, other.name):
			with pytest.raises(frappe.PermissionError):
				actions.refund_unused({"name": name})


@given(st.decimals(1, 10000, places=2), st.integers(1, 800), st.integers(-900, 900))
def test_the_unused_part_lies_between_nothing_and_all(amount, days, used):
	start = date(2026, 1, 1)
	period = Period(start, date.fromordinal(start.toordinal() + days - 1))
	left = unused(amount, period, date.fromordinal(start.toordinal() + used))
	assert Decimal(0) <= left <= amount
	assert left == amount if used < 0 else left == 0 or used < days - 1


def test_a_late_renewal_begins_on_the_day_of_payment():
	assert covered(date(2026, 5, 1), date(2026, 1, 31), 12) == Period(date(2026, 5, 1), date(2027, 4, 30))
	assert covered(getdate("2026-05-01"), date(2026, 6, 30), 1).start == date(2026, 7, 1)
