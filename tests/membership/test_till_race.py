"""Eight tills on one card, every call sent twice, tills killed and started again: each effect exactly once.

CRM_RACE_COMMITS sets how many calls each till makes (default 10; 500 takes some minutes).
"""

import os
import random
import time
from collections import defaultdict
from decimal import Decimal

import frappe
import pytest
from crm_testing.customers import make_customer
from crm_testing.membership import make_card, make_programme
from crm_testing.till_race import ALWAYS_TAKEN, UNDOING, journal, start
from crm_testing.tills import issue_token, make_till

from crm_app.crm_membership import ledger, ledger_audit

pytestmark = [pytest.mark.commits, pytest.mark.slow]
TILLS, COMMITS = 8, int(os.environ.get("CRM_RACE_COMMITS", 10))
KILLS = max(4, COMMITS // 10)
OPENING = 300


@pytest.fixture
def card(site):
	programme = make_programme(points_per_unit=1, point_value="0.01")
	made = make_card(make_customer(customer_name="Raced").name, programme.name)
	made.activate()
	with ledger.posting(made.name, f"open|{made.name}", ledger.Voucher("Member Card", made.name)) as book:
		book.grant("Points", Decimal(OPENING), "Opening")
	frappe.db.commit()
	yield made
	sweep(made)


def sweep(card) -> None:
	frappe.db.rollback()
	sales = frappe.get_all("CRM Transaction", {"member_card": card.name}, pluck="name")
	for at in range(0, len(sales), 500):
		frappe.db.delete("CRM Transaction Item", {"parent": ["in", sales[at : at + 500]]})
	tills = frappe.get_all("CRM Till", {"programme": card.programme}, ["name", "store", "acts_as"])
	names = [till.name for till in tills]
	for doctype, filters in (
		("CRM Transaction", {"member_card": card.name}),
		("Member Ledger Entry", {"account": card.name}),
		("Member Lot", {"account": card.name}),
		("Member Earning", {"account": card.name}),
		("Member Account", {"name": card.name}),
		("Member Card History", {"parent": card.name}),
		("Member Card", {"name": card.name}),
		("CRM Customer", {"name": card.customer}),
		("Till Call", {"till": ["in", names]}),
		("CRM Till", {"name": ["in", names]}),
		("User", {"name": ["in", [till.acts_as for till in tills]]}),
		("CRM Store", {"name": ["in", [till.store for till in tills]]}),
		("Membership Tier", {"parent": card.programme}),
		("Membership Programme", {"name": card.programme}),
	):
		frappe.db.delete(doctype, filters)
	frappe.db.commit()


def raced(site, card, folder) -> None:
	"""All tills until they are done; some are killed on the way, and go on in a new process."""
	tokens = [issue_token(make_till(programme=card.programme)) for _ in range(TILLS)]
	frappe.db.commit()

	def begin(number):
		return start(site, tokens[number], card.name, number, COMMITS, folder)

	runners = [begin(number) for number in range(TILLS)]
	rng, kills, limit = random.Random(7), 0, time.monotonic() + 300 + COMMITS * 5
	try:
		while any(runner.poll() is None for runner in runners):
			assert time.monotonic() < limit, "too slow"
			time.sleep(0.2)
			number = rng.randrange(TILLS)
			at_work = runners[number].poll() is None and journal(folder, number)
			if kills < KILLS and at_work:
				runners[number].kill()
				runners[number].wait()
				runners[number], kills = begin(number), kills + 1
	finally:
		for runner in runners:
			runner.kill()
	problems = [(folder / f"{number}.err").read_text()[-800:] for number in range(TILLS)]
	assert [runner.returncode for runner in runners] == [0] * TILLS, problems
	assert kills >= min(KILLS, 1)


def test_every_call_takes_effect_exactly_once(site, card, tmp_path):
	raced(site, card, tmp_path)
	frappe.db.rollback()
	told = defaultdict(list)
	for number in range(TILLS):
		for line in journal(tmp_path, number):
			told[line["method"], line["key"], number].append(line["answer"])
	assert len(told) == TILLS * COMMITS
	effects = {"commit": [], "cancel": [], "return_items": []}
	for (method, key, _number), answers in told.items():
		codes = [answer["code"] for answer in answers]
		assert len(codes) >= 2 and set(codes) <= {*ALWAYS_TAKEN, *UNDOING}, (key, codes)
		assert codes == sorted(codes, key=lambda code: code == "OK"), (key, codes)  # once taken, always taken
		taken = [answer["data"] for answer in answers if answer["ok"]]
		assert all(data == taken[0] for data in taken), key
		effects[method] += taken[:1]
	check_sales(card, effects)
	check_points(card, effects)


def check_sales(card, effects) -> None:
	"""No sale is lost, none is there twice, and those cancelled are those that a till took back."""
	fields = ["name", "docstatus", "return_against"]
	rows = frappe.get_all("CRM Transaction", {"member_card": card.name}, fields)
	sold = sorted(row.name for row in rows if not row.return_against)
	assert sold == sorted(data["sale"] for data in effects["commit"])
	back = sorted((row.name, row.return_against) for row in rows if row.return_against)
	assert back == sorted((data["return"], data["sale"]) for data in effects["return_items"])
	assert len({sale for _name, sale in back}) == len(back), "the same goods came back twice"
	cancelled = sorted(row.name for row in rows if row.docstatus == 2)
	assert cancelled == sorted(data["sale"] for data in effects["cancel"])
	assert all(effects.values())
	calls = frappe.db.count("Till Call", {"member_card": card.name, "status": "Done"})
	assert calls == sum(map(len, effects.values()))


def check_points(card, effects) -> None:
	"""The balance is what the answers add up to; it was never below zero."""
	gone = {data["sale"] for data in effects["cancel"] + effects["return_items"]}
	standing = [data for data in effects["commit"] if data["sale"] not in gone]
	earned = sum(Decimal(data["earns"]["points"]) for data in standing)
	spent = sum(Decimal(data["points"]["used"]) for data in standing)
	assert ledger.balance(card.name).points == OPENING + earned - spent
	assert ledger_audit.audit(card.name) == []
	spends = frappe.get_all(
		"Member Ledger Entry", {"account": card.name, "entry_type": "Redeem"}, pluck="balance_after"
	)
	assert spends and min(spends) >= 0
