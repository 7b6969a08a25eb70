"""Eight processes post to one card; each call is sent twice and processes are killed: everything counts once.

CRM_RACE_COMMITS sets how many calls each process makes (default 20; the full size is 500).
"""

import os
from decimal import Decimal

import frappe
import pytest
from crm_testing.customers import make_customer
from crm_testing.hammer import hammer
from crm_testing.membership import make_card, make_programme

from crm_app.crm_membership import ledger, ledger_audit
from crm_app.crm_membership.domain.kinds import POINTS

pytestmark = [pytest.mark.commits, pytest.mark.slow]
PROCESSES = 8
COMMITS = int(os.environ.get("CRM_RACE_COMMITS") or 20)
KILLS = 6


@pytest.fixture
def card():
	sweep()
	programme = make_programme(programme_name="Race Club", card_prefix="79901")
	made = make_card(make_customer(customer_name="Race member").name, programme.name)
	made.activate()
	frappe.db.commit()
	yield made.name
	frappe.db.rollback()
	sweep()


def sweep():
	cards = frappe.get_all("Member Card", {"programme": "Race Club"}, ["name", "customer"])
	for row in cards:
		for doctype in ("Member Ledger Entry", "Member Lot", "Member Account"):
			frappe.db.delete(doctype, {"name" if doctype == "Member Account" else "account": row.name})
		frappe.db.delete("Member Card History", {"parent": row.name})
		frappe.db.delete("Member Card", {"name": row.name})
		frappe.db.delete("CRM Customer", {"name": row.customer})
	frappe.db.delete("Membership Tier", {"parent": "Race Club"})
	frappe.db.delete("Membership Programme", {"name": "Race Club"})
	frappe.db.commit()


def give(card, points):
	with ledger.posting(card, "stock", ledger.Voucher("Member Card", card)) as book:
		book.grant(POINTS, Decimal(points), "Opening")
	frappe.db.commit()


def lists(kind):
	"""Every call is on the lists of two neighbours, in another order."""
	own = [[f"{kind}-{process}-{n}" for n in range(COMMITS // 2)] for process in range(PROCESSES)]
	return [own[process] + own[process - 1][::-1] for process in range(PROCESSES)]


def posted(card):
	frappe.db.rollback()
	filters = {"account": card, "posting": ["!=", "stock"]}
	rows = frappe.get_all("Member Ledger Entry", filters, ["posting", "kind", "amount"], limit_page_length=0)
	found = {}
	for row in rows:
		found.setdefault(row.posting, []).append((row.kind, row.amount))
	return found


def test_each_call_counts_once_whatever_dies(site, tmp_path, card):
	give(card, 5)
	work = lists("both")
	answers = hammer(site, card, work, tmp_path, KILLS)
	keys = {key for keys in work for key in keys}
	assert answers == dict.fromkeys(keys, "ok")
	found = posted(card)
	assert set(found) == keys
	for rows in found.values():
		assert sum(amount for kind, amount in rows if kind == POINTS) == 1
	assert frappe.db.get_value("Member Account", card, ["points", "tier_credit"]) == (
		5 + len(keys),
		10 * len(keys),
	)
	assert ledger_audit.audit(card) == []


def test_no_more_is_spent_than_there_is(site, tmp_path, card):
	"""There is enough for 60 % of the calls."""
	work = lists("spend")
	keys = {key for keys in work for key in keys}
	enough = len(keys) * 6 // 10
	give(card, enough * 7 + 3)
	answers = hammer(site, card, work, tmp_path, KILLS, seed=2)
	assert set(answers.values()) == {"ok", "POINTS_SHORT"}
	passed = {key for key, answer in answers.items() if answer == "ok"}
	assert len(passed) == enough and set(posted(card)) == passed
	assert frappe.db.get_value("Member Account", card, "points") == 3
	assert ledger_audit.audit(card) == []
