"""The time that is paid for a card, and what it means for a card of a programme that asks for a fee."""

from datetime import date

import frappe
from frappe.utils import cint, flt, getdate

from crm_app.crm_membership.domain import errors
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.domain.fees import pay_by
from crm_app.crm_membership.domain.tiers import Period

FEE, PAID = "Membership Fee", "Paid"


def paid_periods(card: str, tier: str | None, but: str | None = None) -> list[Period]:
	filters = {"card": card, "docstatus": 1, "status_category": PAID, "name": ["!=", but or ""]}
	rows = frappe.get_all(FEE, filters, ["covers_from", "covers_to", "tier"], order_by="covers_to asc")
	return [
		Period(getdate(row.covers_from), getdate(row.covers_to))
		for row in rows
		if (row.tier or None) == (tier or None)
	]


def asks_fee(programme: str) -> bool:
	return flt(frappe.get_cached_value("Membership Programme", programme, "annual_fee")) > 0


def grace(programme: str) -> int:
	return cint(frappe.get_cached_value("Membership Programme", programme, "fee_grace_days"))


def check_new(programme: str) -> None:
	"""Whether a card that is issued today may be used before anything is paid. Raises Refused."""
	if asks_fee(programme) and not grace(programme):
		raise Refused(errors.FEE_DUE, programme)


def limit(card, today: date) -> dict:
	"""What activation sets: a card that nobody has paid for is valid for the days of grace only.

	Raises Refused where there are none.
	"""
	if not asks_fee(card.programme) or paid_periods(card.name, None):
		return {}
	check_new(card.programme)
	first = getdate(card.activated_on) if card.activated_on else today
	ends = getdate(card.valid_until) if card.valid_until else None
	return {"valid_until": pay_by(first, grace(card.programme), ends)}
