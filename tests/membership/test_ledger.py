"""The members' ledger: postings, spend order, keys, locks, and what nobody else may write."""

from decimal import Decimal

import frappe
import pytest
from crm_testing.hosts import acting_as, counted_queries
from crm_testing.ledger import grant, held, lots, make_member, spend, voucher
from frappe.utils import add_days, getdate, nowdate

from crm_app.crm_membership import ledger, ledger_audit
from crm_app.crm_membership.domain import errors
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.domain.kinds import BONUS, POINTS, PRINCIPAL, TIER_CREDIT


@pytest.fixture
def card():
	return make_member()


def refused(code, call, *args, **values):
	with pytest.raises(Refused) as caught:
		call(*args, **values)
	assert caught.value.code == code


# Spending


def test_a_new_card_has_an_empty_account(card):
	account = frappe.get_doc("Member Account", card)
	assert (account.points, account.principal, account.entry_count) == (0, 0, 0)
	assert account.customer == frappe.db.get_value("Member Card", card, "customer")


def test_points_are_spent_nearest_expiry_first_then_oldest_and_never_expiring_last(card):
	grant(card, 10)
	grant(card, 20, expires_on=add_days(nowdate(), 50))
	grant(card, 30, expires_on=add_days(nowdate(), 5))
	grant(card, 40, expires_on=add_days(nowdate(), 50))
	assert lots(card) == [30, 20, 40, 10]
	spend(card, 55)
	assert lots(card) == [0, 0, 35, 10]
	assert held(card) == 45
	assert ledger_audit.audit(card) == []


def test_a_spend_names_the_lots_that_it_draws_from(card):
	first, second = grant(card, 10), grant(card, 20)
	key = spend(card, 15)
	fields = ["lot", "amount", "balance_after"]
	entries = frappe.get_all("Member Ledger Entry", {"posting": key}, fields, order_by="name asc")
	assert [tuple(row.values()) for row in entries] == [(first, -10, 20), (second, -5, 15)]


def test_more_than_there_is_is_refused_and_nothing_is_written(card):
	grant(card, 10)
	refused(errors.POINTS_SHORT, spend, card, 11)
	refused(errors.VALUE_SHORT, spend, card, 1, PRINCIPAL, "Payment")
	assert (held(card), frappe.db.count("Member Ledger Entry", {"account": card})) == (10, 1)


@pytest.mark.parametrize(
	"amount, code",
	[
		(0, errors.AMOUNT_NOT_POSITIVE),
		(-5, errors.AMOUNT_NOT_POSITIVE),
		("0.5", errors.TOO_MANY_DECIMALS),
		("1e10", errors.AMOUNT_TOO_LARGE),
	],
)
def test_absurd_amounts_are_refused(card, amount, code):
	grant(card, 10)
	refused(code, spend, card, amount)
	refused(code, grant, card, amount)


def test_a_lot_past_its_last_day_is_not_spent_and_not_shown(card):
	grant(card, 10, expires_on=add_days(nowdate(), -1))
	grant(card, 5, expires_on=nowdate())
	assert ledger.balance(card).points == 5
	refused(errors.POINTS_SHORT, spend, card, 6)
	spend(card, 5)
	assert (held(card), lots(card)) == (0, [0, 0])
	assert ledger_audit.audit(card) == []


def test_what_lapses_soon_is_told(card):
	grant(card, 10, expires_on=add_days(nowdate(), 3))
	grant(card, 20, expires_on=add_days(nowdate(), 30))
	assert ledger.expiring(card, POINTS, getdate(add_days(nowdate(), 7))) == 10


def test_redeeming_leaves_tier_credit_alone(card):
	grant(card, 100)
	grant(card, 500, TIER_CREDIT)
	spend(card, 100)
	assert held(card, "tier_credit") == 500


@pytest.mark.parametrize(
	"order, parts",
	[("Principal First", (60, 0)), ("Bonus First", (40, 20)), ("Proportional", (50, 10))],
)
def test_stored_value_is_paid_in_the_programmes_order(order, parts):
	card = make_member(value_order=order)
	grant(card, 100, PRINCIPAL, "Top-up")
	grant(card, 20, BONUS, "Bonus")
	paper = voucher()
	with ledger.posting(card, paper.name, paper) as book:
		assert book.spend_value(Decimal(60)) == parts
	assert (held(card, "principal"), held(card, "bonus")) == (100 - parts[0], 20 - parts[1])


# Keys


def test_a_repeated_key_writes_nothing_and_answers_with_the_first_entries(card):
	grant(card, 10)
	key = spend(card, 4)
	paper = voucher(key)
	with ledger.posting(card, key, paper) as book:
		assert book.repeated
		assert [entry.amount for entry in book.entries] == [-4]
	spend(card, 4, key=key)
	assert held(card) == 6


def test_a_key_that_stood_for_something_else_is_refused(card):
	key = spend(make_member_with(10), 4)
	with pytest.raises(Refused) as caught, ledger.posting(card, key, voucher()):
		pass
	assert caught.value.code == errors.KEY_REUSED


def make_member_with(points):
	card = make_member()
	grant(card, points)
	return card


# Taking back


def test_a_reversed_spend_returns_to_its_lots(card):
	grant(card, 10)
	grant(card, 20, expires_on=add_days(nowdate(), 9))
	key = spend(card, 25)
	assert lots(card) == [0, 5]
	entries = ledger.reverse(f"{key}|undo", card, key, voucher(key))
	assert (lots(card), held(card)) == ([20, 10], 30)
	assert all(entry.reverses and entry.entry_type == "Reverse" for entry in entries)
	ledger.reverse(f"{key}|again", card, key, voucher(key))
	assert held(card) == 30


def test_what_lapsed_on_the_way_does_not_come_back_with_the_payment(card):
	grant(card, 50, expires_on=add_days(nowdate(), -1))
	grant(card, 20)
	key = spend(card, 15)
	ledger.reverse(f"{key}|undo", card, key, voucher(key))
	assert held(card) == 20


def test_part_of_a_payment_comes_back_and_never_more_than_was_paid(card):
	grant(card, 100)
	key = spend(card, 60)
	of = ("Member Card", key)
	ledger.give_back("back-1", card, of, POINTS, Decimal(25), voucher(key))
	assert held(card) == 65
	refused(
		errors.GIVEN_BACK_TOO_MUCH, ledger.give_back, "back-2", card, of, POINTS, Decimal(36), voucher(key)
	)
	ledger.give_back("back-2", card, of, POINTS, Decimal(35), voucher(key))
	assert held(card) == 100
	assert ledger_audit.audit(card) == []


# Who may


@pytest.mark.parametrize(
	"move, code",
	[
		("suspend", errors.CARD_SUSPENDED),
		("report_lost", errors.CARD_LOST),
		("replace", errors.CARD_REPLACED),
	],
)
def test_a_card_out_of_use_cannot_spend(card, move, code):
	grant(card, 10)
	getattr(frappe.get_doc("Member Card", card), move)()
	refused(code, spend, card, 1)


def test_a_card_that_was_never_activated_cannot_spend():
	card = make_member(activate=False)
	grant(card, 10)
	refused(errors.CARD_INACTIVE, spend, card, 1)


def test_a_card_past_its_validity_cannot_spend_before_the_nightly_job_either(card):
	grant(card, 10)
	frappe.db.set_value("Member Card", card, "valid_until", add_days(nowdate(), -1))
	refused(errors.CARD_EXPIRED, spend, card, 1)


def test_an_unknown_card_is_refused():
	refused(errors.CARD_UNKNOWN, spend, "no such card", 1)
	refused(errors.CARD_UNKNOWN, ledger.balance, "no such card")


@pytest.mark.parametrize("doctype", ["Member Account", "Member Lot", "Member Ledger Entry"])
def test_the_ledger_is_closed_to_everybody(card, doctype, people):
	with ledger.posting(card, "closed", ledger.Voucher("Member Card", card)) as book:
		book.grant(POINTS, Decimal(10), "Adjust")
	name = frappe.get_all(doctype, pluck="name", limit=1)[0]
	for user in ("Administrator", "finance@example.com"):
		with acting_as(user):
			doc = frappe.get_doc(doctype, name)
			for attempt in (doc.save, doc.delete, frappe.copy_doc(doc).insert):
				with pytest.raises(frappe.PermissionError):
					attempt()
	assert frappe.db.exists(doctype, name)


@pytest.mark.parametrize(
	"doctype, values",
	[
		("Member Lot", {"remaining": -1, "is_closed": 0}),
		("Member Lot", {"remaining": 11}),
		("Member Lot", {"is_closed": 1}),
		("Member Account", {"principal": -0.01}),
		("Member Account", {"points_debt": 1}),
	],
)
def test_the_database_itself_refuses_what_no_ledger_may_hold(card, doctype, values):
	lot = grant(card, 10)
	frappe.db.savepoint("before_check")
	with pytest.raises(Exception, match=r"CHECK|CONSTRAINT|[Cc]onstraint"):
		frappe.db.set_value(doctype, card if doctype == "Member Account" else lot, values)
	frappe.db.rollback(save_point="before_check")


def test_a_card_with_a_posting_cannot_be_deleted_and_one_without_can(card):
	empty = make_member()
	frappe.delete_doc("Member Card", empty)
	assert not frappe.db.exists("Member Account", empty)
	grant(card, 1)
	with pytest.raises(frappe.LinkExistsError):
		frappe.delete_doc("Member Card", card)


# Cost


def test_a_posting_costs_the_same_whatever_the_history(card):
	def cost():
		with counted_queries() as queries:
			spend(card, 1)
		return len(queries)

	grant(card, 1)
	first = cost()
	for _number in range(40):
		grant(card, 3)
	assert cost() == first <= 6


def test_two_open_postings_on_one_account_are_a_mistake_of_the_program(card):
	paper = voucher()
	with ledger.posting(card, "outer", paper), pytest.raises(RuntimeError):
		with ledger.posting(card, "inner", paper):
			pass
