"""A posting that dies between any two of its statements leaves nothing behind."""

from decimal import Decimal

import frappe
import pytest
from crm_testing.ledger import grant, held, make_member
from crm_testing.sales import make_return, make_transaction
from frappe.utils import add_days, nowdate

from crm_app.crm_membership import card_moves, expiry, ledger, ledger_audit, sales_ledger, stored_value
from crm_app.crm_membership.domain.kinds import POINTS, PRINCIPAL

TABLES = ("Member Account", "Member Lot", "Member Ledger Entry", "Member Earning")


class Crash(BaseException):
	"""Nothing in the program catches this."""


def everything():
	return {name: frappe.db.sql(f"SELECT * FROM `tab{name}` ORDER BY name") for name in TABLES}


def crash_after(monkeypatch, number):
	count, sql = 0, frappe.db.sql

	def dying(query, *args, **kwargs):
		nonlocal count
		out = sql(query, *args, **kwargs)
		count += 1
		if count == number:
			raise Crash
		return out

	monkeypatch.setattr(frappe.db, "sql", dying)


def pay(card):
	"""Earns, redeems points of several lots and pays with stored value in one posting."""
	with ledger.posting(card, "pay", ledger.Voucher("Member Card", card)) as book:
		book.spend(POINTS, Decimal(25), "Redeem")
		book.spend_value(Decimal("12.50"))
		book.grant(POINTS, Decimal(3), "Earn")


def take_back(card):
	sales_ledger.earn(frappe.db.get_value("CRM Transaction", {"member_card": card, "amount": ["<", 0]}))


def top_up(card):
	stored_value.top_up(card, Decimal(100), "top-up", ledger.Voucher("Member Card", card))


def replace(card):
	card_moves.move_all(card, make_member.other)


def expire(card):
	expiry._expire([card])


@pytest.fixture
def card():
	card = make_member()
	make_member.other = make_member(frappe.db.get_value("Member Card", card, "programme"))
	grant(card, 10, expires_on=add_days(nowdate(), 9))
	grant(card, 40)
	grant(card, 5, expires_on=add_days(nowdate(), -1))
	grant(card, 50, PRINCIPAL, "Top-up")
	holder = frappe.db.get_value("Member Card", card, "customer")
	sale = make_transaction(holder, member_card=card, posting_date=nowdate())
	back = make_return(sale, 1, submit=False)
	frappe.db.set_value("CRM Transaction", back.name, "docstatus", 1)
	return card


@pytest.mark.parametrize("work", [pay, take_back, top_up, replace, expire])
def test_all_or_nothing_after_every_statement(card, monkeypatch, work):
	before, number = everything(), 0
	frappe.db.savepoint("before_crash")
	while True:
		number += 1
		with monkeypatch.context() as patch:
			crash_after(patch, number)
			try:
				work(card)
				break
			except Crash:
				pass
		frappe.db.rollback(save_point="before_crash")
		assert everything() == before, f"after statement {number}"
	assert number > 4
	assert everything() != before
	assert ledger_audit.audit() == []


def test_what_was_rolled_back_can_be_sent_again(card):
	frappe.db.savepoint("before_crash")
	pay(card)
	frappe.db.rollback(save_point="before_crash")
	pay(card)
	pay(card)
	assert held(card, "principal") == 37.5
