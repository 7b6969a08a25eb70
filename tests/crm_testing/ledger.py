"""Members with balances for tests of the ledger."""

import itertools
from decimal import Decimal

import frappe
from crm_testing.customers import make_customer
from crm_testing.membership import make_card, make_programme

from crm_app.crm_membership import ledger
from crm_app.crm_membership.domain.kinds import POINTS
from crm_app.crm_membership.ledger import Voucher

KEYS = itertools.count(1)
BALANCES = ("points", "principal", "bonus", "tier_credit")


def make_member(programme: str | None = None, activate: bool = True, **terms) -> str:
	"""The number of an active card; `terms` are fields of a programme of its own."""
	programme = programme or make_programme(**terms).name
	card = make_card(make_customer().name, programme)
	if activate:
		card.activate()
	return card.name


def voucher(name: str | None = None) -> Voucher:
	return Voucher("Member Card", name or f"test-{next(KEYS)}")


def grant(card: str, amount, kind: str = POINTS, entry_type: str = "Adjust", expires_on=None) -> str:
	"""Returns the lot."""
	paper = voucher()
	with ledger.posting(card, f"{paper.name}|{kind}", paper) as book:
		return book.grant(kind, Decimal(str(amount)), entry_type, expires_on).name


def spend(card: str, amount, kind: str = POINTS, entry_type: str = "Redeem", key: str | None = None) -> str:
	"""Returns the key of the posting, which is its voucher's name too."""
	paper = voucher(key)
	with ledger.posting(card, paper.name, paper) as book:
		if not book.repeated:
			book.spend(kind, Decimal(str(amount)), entry_type)
	return paper.name


def held(card: str, field: str = "points") -> float:
	return frappe.db.get_value("Member Account", card, field)


def lots(card: str, kind: str = POINTS) -> list[float]:
	"""What the lots hold, in spend order."""
	filters = {"account": card, "kind": kind}
	order = "order_date asc, granted_at asc, name asc"
	return frappe.get_all("Member Lot", filters, pluck="remaining", order_by=order)
