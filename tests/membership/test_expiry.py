"""The nightly job that writes off what has passed its last day."""

import frappe
import pytest
from crm_testing.ledger import grant, held, lots, make_member, spend
from frappe.utils import add_days, nowdate

from crm_app.crm_membership import expiry, ledger, ledger_audit
from crm_app.crm_membership.domain.kinds import BONUS, POINTS, TIER_CREDIT

YESTERDAY = -1


@pytest.fixture
def card():
	return make_member()


def lapse(card, amount, kind=POINTS):
	return grant(card, amount, kind, expires_on=add_days(nowdate(), YESTERDAY))


def test_what_is_past_its_last_day_is_written_off_once(card):
	lapse(card, 10)
	lapse(card, 7, TIER_CREDIT)
	grant(card, 5, expires_on=nowdate())
	grant(card, 3)
	assert expiry.expire_lots() == 2
	assert (held(card), held(card, "tier_credit"), lots(card)) == (8, 0, [0, 5, 3])
	assert expiry.expire_lots() == 0
	assert ledger_audit.audit() == []


def test_the_entry_names_its_lot_and_the_balance_after_it(card):
	lot = lapse(card, 10)
	grant(card, 4)
	expiry.expire_lots()
	fields = ["amount", "balance_after", "lot"]
	entry = frappe.get_all("Member Ledger Entry", {"entry_type": "Expire", "account": card}, fields)[0]
	assert tuple(entry.values()) == (-10, 4, lot)
	assert frappe.db.get_value("Member Lot", lot, ["expired", "is_closed"]) == (10, 1)


def test_many_accounts_go_in_batches(card, monkeypatch):
	monkeypatch.setattr(expiry, "DUE", expiry.DUE.replace(str(expiry.LOTS_A_STEP), "3"))
	monkeypatch.setattr(expiry, "ROWS_A_STATEMENT", 2)
	programme = frappe.db.get_value("Member Card", card, "programme")
	cards = [card, *(make_member(programme) for _number in range(4))]
	for number, each in enumerate(cards, 1):
		for _lot in range(number):
			lapse(each, 2)
		lapse(each, 0.25, BONUS)
	assert expiry.expire_lots() == 15 + 5
	assert [held(each) for each in cards] == [0] * 5
	assert ledger_audit.audit() == []


def test_a_run_that_was_stopped_goes_on_with_the_rest(card, monkeypatch):
	monkeypatch.setattr(expiry, "DUE", expiry.DUE.replace(str(expiry.LOTS_A_STEP), "1"))
	other = make_member(frappe.db.get_value("Member Card", card, "programme"))
	lapse(card, 10)
	lapse(other, 10)
	real = expiry._expire

	def once(accounts):
		real(accounts)
		frappe.db.commit()
		raise KeyboardInterrupt

	monkeypatch.setattr(expiry, "_expire", once)
	with pytest.raises(KeyboardInterrupt):
		expiry.expire_lots()
	assert sorted([held(card), held(other)]) == [0, 10]
	monkeypatch.setattr(expiry, "_expire", real)
	assert expiry.expire_lots() == 1
	assert ledger_audit.audit() == []


def test_points_that_come_back_too_late_get_some_days(card):
	lot = grant(card, 10, expires_on=nowdate())
	key = spend(card, 4)
	frappe.db.set_value(
		"Member Lot", lot, {"expires_on": add_days(nowdate(), -1), "order_date": "2020-01-01"}
	)
	expiry.expire_lots()
	ledger.reverse("undo", card, key, ledger.Voucher("Member Card", key))
	assert held(card) == 4
	restored = frappe.db.get_value("Member Lot", {"origin": lot}, ["remaining", "expires_on"])
	assert restored[0] == 4 and str(restored[1]) == add_days(nowdate(), 30)


def test_a_programme_without_extra_days_lets_them_lapse():
	card = make_member(restore_days=0)
	lot = grant(card, 10, expires_on=nowdate())
	key = spend(card, 4)
	frappe.db.set_value(
		"Member Lot", lot, {"expires_on": add_days(nowdate(), -1), "order_date": "2020-01-01"}
	)
	expiry.expire_lots()
	ledger.reverse("undo", card, key, ledger.Voucher("Member Card", key))
	assert ledger.balance(card).points == 0
	assert expiry.expire_lots() == 1
	assert ledger_audit.audit(card) == []
