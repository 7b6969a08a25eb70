"""Top-ups, offers, refunds, adjustments, and balances that follow their holder to another card."""

from decimal import Decimal

import frappe
import pytest
from crm_testing.customers import make_user
from crm_testing.hosts import acting_as
from crm_testing.ledger import grant, held, lots, make_member, spend
from crm_testing.membership import make_card
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, getdate, nowdate

from crm_app.crm_membership import ledger, ledger_audit, stored_value
from crm_app.crm_membership.card_moves import change_holder, move_all
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.domain.kinds import BONUS, PRINCIPAL, TIER_CREDIT
from crm_app.crm_membership.domain.offers import Offer, best_offer
from crm_app.www import approvals

MANAGER = "manager@example.com"
SERVICE, FINANCE, CASHIER = "service@example.com", "finance@example.com", "cashier@example.com"


@pytest.fixture
def card():
	return make_member(value_order="Bonus First")


def programme_of(card):
	return frappe.db.get_value("Member Card", card, "programme")


def make_offer(card, pay=500, bonus=50, **values):
	values = {"offer_name": f"Pay {pay} get {bonus}", "programme": programme_of(card)} | values
	values |= {"pay_amount": pay, "bonus_amount": bonus}
	return frappe.get_doc({"doctype": "Top-up Offer", **values}).insert()


def top_up(card, amount, submit=True, **values):
	doc = frappe.get_doc({"doctype": "Member Top-up", "card": card, "amount": amount, **values}).insert()
	return doc.submit() or doc if submit else doc


def refund(paid, amount):
	values = {"top_up": paid.name, "amount": amount, "reason": "Moved away"}
	doc = frappe.get_doc({"doctype": "Member Refund", **values}).insert()
	doc.submit()
	return doc.reload()


def value(card):
	return held(card, "principal"), held(card, "bonus")


# Top-up


def test_pay_500_get_50_and_the_two_stay_apart(card):
	make_offer(card)
	paid = top_up(card, 500)
	assert (paid.bonus, paid.offer) == (50, "Pay 500 get 50")
	assert value(card) == (500, 50)
	assert ledger_audit.audit(card) == []


def test_below_the_threshold_there_is_no_bonus(card):
	make_offer(card)
	assert (top_up(card, 499.99).bonus, value(card)) == (0, (499.99, 0))


@pytest.mark.parametrize(
	"fieldname, value",
	[("starts_on", 1), ("ends_on", -1), ("disabled", None)],
)
def test_an_offer_holds_in_its_period_only(card, fieldname, value):
	make_offer(card, **{fieldname: add_days(nowdate(), value) if value else 1})
	assert top_up(card, 500).bonus == 0


def test_of_several_thresholds_only_the_best_counts():
	day = getdate("2026-05-01")
	offers = [
		Offer("a", Decimal(100), Decimal(5)),
		Offer("b", Decimal(500), Decimal(50)),
		Offer("c", Decimal(100), Decimal(6), repeats=True),
	]
	assert best_offer(offers, Decimal(1000), day).name == "c"
	assert best_offer(offers, Decimal(550), day).name == "b"
	assert best_offer(offers, Decimal(99), day) is None


def test_bonus_may_lapse_and_principal_never_does(card):
	make_offer(card, bonus_valid_months=6)
	top_up(card, 500)
	days = dict(frappe.get_all("Member Lot", {"account": card}, ["kind", "expires_on"], as_list=True))
	assert days[PRINCIPAL] is None and days[BONUS] > getdate()


@pytest.mark.parametrize("values", [{"amount": 0}, {"amount": -5}, {"amount": 1e13}, {"amount": "x"}])
def test_absurd_top_ups_are_refused(card, values):
	with pytest.raises(frappe.ValidationError):
		top_up(card, **values)


def test_a_suspended_card_takes_no_money(card):
	frappe.get_doc("Member Card", card).suspend()
	with pytest.raises(frappe.ValidationError, match="suspended"):
		top_up(card, 100)


def test_a_cancelled_top_up_is_reversed_and_a_spent_one_cannot_be(card):
	make_offer(card)
	paid = top_up(card, 500)
	paid.cancel()
	assert value(card) == (0, 0)
	other = top_up(card, 500)
	spend(card, 1, PRINCIPAL, "Payment")
	with pytest.raises(frappe.ValidationError, match="left"):
		other.cancel()


def test_the_same_call_tops_up_once(card):
	paper = ledger.Voucher("Member Card", card)
	answers = [stored_value.top_up(card, Decimal(80), "till-1|77", paper) for _number in range(2)]
	assert answers[0] == answers[1] and held(card, "principal") == 80


# Refund


def test_a_refund_returns_principal_and_takes_bonus_back_in_proportion(card):
	make_offer(card, 300, 100)
	paid = top_up(card, 300)
	parts = [refund(paid, 100) for _number in range(3)]
	assert [(part.paid_out, part.bonus) for part in parts] == [(100, 33.33), (100, 33.33), (100, 33.34)]
	assert value(card) == (0, 0)
	assert frappe.db.get_value("Member Top-up", paid.name, "refunded") == 300
	assert ledger_audit.audit(card) == []


def test_bonus_that_was_spent_is_kept_from_the_refund(card):
	make_offer(card)
	paid = top_up(card, 500)
	spend(card, 40, BONUS, "Payment")
	done = refund(paid, 500)
	assert (done.paid_out, done.bonus) == (460, 10)
	assert value(card) == (0, 0)
	assert ledger_audit.audit(card) == []


def test_principal_that_was_spent_is_not_refunded(card):
	paid = top_up(card, 100)
	spend(card, 30, PRINCIPAL, "Payment")
	with pytest.raises(frappe.ValidationError, match="70"):
		refund(paid, 71)
	assert refund(paid, 70).paid_out == 70


def test_a_refund_of_something_that_was_no_top_up_is_refused(card):
	with pytest.raises(Refused) as caught:
		stored_value.refund(
			card, ("Member Card", card), Decimal(1), "refund-x", ledger.Voucher("Member Card", card)
		)
	assert caught.value.code == "TOP_UP_UNKNOWN"


# Adjustment


@pytest.fixture
def staff(people):
	make_user(SERVICE, "CRM Service User", "CRM Staff")
	make_user(MANAGER, "CRM Manager", "CRM Staff")
	make_user(CASHIER, "CRM Cashier")


def propose(card, change, user=SERVICE, **values):
	with acting_as(user):
		values = {"card": card, "change": change, "reason": "Goodwill"} | values
		doc = frappe.get_doc({"doctype": "Member Adjustment", **values}).insert()
		return apply_workflow(doc, "Submit for Approval")


def approve(doc, user=FINANCE):
	with acting_as(user):
		return apply_workflow(doc, "Approve")


def test_an_adjustment_counts_when_somebody_else_approved_it(card, staff):
	doc = propose(card, 50)
	assert held(card) == 0
	approve(doc)
	assert held(card) == 50
	approve(propose(card, -20))
	assert held(card) == 30


def test_an_adjustment_waits_on_the_page_of_approvals_for_somebody_else(card, staff):
	doc = propose(card, 1250, FINANCE, adjustment_type="Opening")
	with acting_as(FINANCE):
		assert doc.name not in [item["name"] for item in approvals.get_context(frappe._dict()).items_waiting]
	with acting_as(MANAGER):
		waiting = approvals.get_context(frappe._dict()).items_waiting
		(shown,) = (item for item in waiting if item["name"] == doc.name)
		assert shown["details"] == [f"{card} · Opening · Points +1250", "Goodwill"]
		approvals.decide(doc.doctype, doc.name, "Approve", shown["modified"])
	assert held(card) == 1250


def test_nobody_approves_their_own_adjustment(card, staff):
	doc = propose(card, 50, FINANCE)
	with pytest.raises(frappe.ValidationError, match=r"[Ss]elf approval|own record"):
		approve(doc)
	assert held(card) == 0


def test_a_cashier_cannot_adjust(card, staff):
	with pytest.raises(frappe.PermissionError):
		propose(card, 50, CASHIER)


def test_a_bare_submit_does_not_go_round_the_approval(card, staff):
	with acting_as(FINANCE), pytest.raises(frappe.ValidationError):
		values = {"doctype": "Member Adjustment", "card": card, "change": 9, "reason": "x"}
		frappe.get_doc(values).insert().submit()
	assert held(card) == 0


def test_a_cancelled_adjustment_is_reversed(card, staff):
	doc = approve(propose(card, 50))
	with acting_as(MANAGER):
		apply_workflow(doc, "Cancel")
	assert (held(card), frappe.db.count("Member Ledger Entry", {"account": card})) == (0, 2)


def test_an_opening_balance_is_a_row_of_the_ledger_and_no_sale(card, staff):
	approve(propose(card, 1200, adjustment_type="Opening", expires_on=add_days(nowdate(), 90)))
	row = frappe.get_all("Member Ledger Entry", {"account": card}, ["entry_type", "amount"])[0]
	assert (row.entry_type, row.amount, held(card)) == ("Opening", 1200, 1200)


@pytest.mark.parametrize(
	"values",
	[
		{"change": 0},
		{"change": 0.5},
		{"change": -1, "adjustment_type": "Opening"},
		{"change": 5, "expires_on": "2020-01-01"},
		{"change": 1e13},
	],
)
def test_nonsense_is_refused(card, values):
	with pytest.raises(frappe.ValidationError):
		frappe.get_doc({"doctype": "Member Adjustment", "card": card, "reason": "x", **values}).insert()


# Other cards


def test_balances_follow_to_the_new_card_with_their_last_days(card):
	soon = add_days(nowdate(), 9)
	grant(card, 10)
	grant(card, 20, expires_on=soon)
	grant(card, 30, TIER_CREDIT)
	new = frappe.get_doc("Member Card", card).replace("Lost").name
	assert (held(card), held(new), held(new, "tier_credit")) == (0, 30, 30)
	assert lots(new) == [20, 10]
	assert ledger.balance(card) == ledger.balance(new)
	assert ledger_audit.audit() == []


def test_what_was_owed_moves_along(card):
	new = make_card(frappe.db.get_value("Member Card", card, "customer"), programme_of(card)).name
	grant(new, 100)
	with ledger.posting(card, "owe", ledger.Voucher("Member Card", card)) as book:
		book.charge("Points", Decimal(30), "Return")
	assert held(card) == -30
	move_all(card, new)
	move_all(card, new)
	assert (held(card), held(new)) == (0, 70)
	assert ledger_audit.audit() == []


def test_two_cards_of_one_customer_merge(card):
	other = make_card(frappe.db.get_value("Member Card", card, "customer"), programme_of(card))
	other.activate()
	grant(card, 10)
	grant(other.name, 5)
	frappe.get_doc("Member Card", card).merge(other.name)
	assert held(other.name) == 15
	assert frappe.db.get_value("Member Card", card, ["status_category", "replaced_by"]) == (
		"Replaced",
		other.name,
	)
	with pytest.raises(Refused):
		spend(card, 1)


def test_cards_of_two_customers_do_not_merge(card):
	with pytest.raises(frappe.ValidationError, match="differ"):
		frappe.get_doc("Member Card", card).merge(make_member(programme_of(card)))


def test_a_payment_with_the_old_card_comes_back_to_the_new_one(card):
	grant(card, 10)
	key = spend(card, 4)
	new = frappe.get_doc("Member Card", card).replace().name
	ledger.reverse("undo", card, key, ledger.Voucher("Member Card", key))
	assert (held(card), held(new)) == (0, 10)
	assert ledger_audit.audit() == []


def test_a_ledger_moves_to_another_customer_with_its_card(card):
	grant(card, 10)
	other = frappe.db.get_value("Member Card", make_member(), "customer")
	change_holder(card, other)
	assert frappe.get_all("Member Ledger Entry", {"account": card}, pluck="customer") == [other]
