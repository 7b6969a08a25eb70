"""Programmes and cards for tests."""

import itertools

import frappe

PREFIXES = itertools.count(71001)  # no other programme's prefix begins so

TIERS = [
	{"tier_name": "Gold", "tier_level": 2, "entry_amount": 5000, "stay_amount": 3000},
	{"tier_name": "Silver", "tier_level": 1},
]


def make_programme(**values):
	prefix = str(next(PREFIXES))
	values = {"programme_name": f"Club {prefix}", "card_prefix": prefix, "tiers": TIERS} | values
	return frappe.get_doc({"doctype": "Membership Programme", **values}).insert()


def make_card(customer: str, programme: str | None = None, **values):
	programme = programme or make_programme().name
	return frappe.get_doc(
		{"doctype": "Member Card", "customer": customer, "programme": programme, **values}
	).insert()
