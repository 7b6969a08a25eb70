"""Who stands at the till: by card number, QR code or telephone."""

from datetime import datetime

import frappe
from frappe.utils import getdate

from crm_app.crm_membership import coupons, ledger
from crm_app.crm_membership.domain import errors
from crm_app.crm_membership.domain.card_number import clean, is_valid
from crm_app.crm_membership.domain.card_status import ACTIVE, EXPIRED, ISSUED, LOST, REPLACED, SUSPENDED
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.domain.scanned import card_number
from crm_app.crm_membership.till import answers
from crm_app.crm_membership.till.outcome import Outcome
from crm_app.utils.phone import BadNumber, normalise_mobile
from crm_app.utils.settings import setting

SELECT = (
	"SELECT c.name AS card, c.customer, c.customer_name, c.programme, c.tier, c.status_category,"
	" c.valid_until, c.replaced_by, u.mobile_no, u.status_category AS customer_status, p.currency"
	" FROM `tabMember Card` c JOIN `tabCRM Customer` u ON u.name = c.customer"
	" JOIN `tabMembership Programme` p ON p.name = c.programme"
)
GONE = ("Merged", "Erased")
NOT_ACTIVE = {
	ISSUED: errors.CARD_INACTIVE,
	SUSPENDED: errors.CARD_SUSPENDED,
	LOST: errors.CARD_LOST,
	REPLACED: errors.CARD_REPLACED,
	EXPIRED: errors.CARD_EXPIRED,
}


def status(till, call: dict, now: datetime) -> Outcome:
	return Outcome(
		{
			"till": till.name,
			"till_name": till.till_name,
			"store": till.store,
			"programme": till.programme,
			"server_time": now.replace(microsecond=0).isoformat(),
			"offline_hours": till.offline_hours,
		}
	)


def identify(till, call: dict, now: datetime) -> Outcome:
	member = find(till, call, now)
	return Outcome(identified(member), customer=member.customer, card=member.card)


def identified(member) -> dict:
	"""Balances and coupons besides who it is."""
	held = [
		{
			"code": row.code,
			"title": row.title,
			"kind": row.kind,
			"valid_from": str(row.valid_from) if row.valid_from else None,
			"valid_until": str(row.valid_until) if row.valid_until else None,
		}
		for row in coupons.held(member.customer)
	]
	return answers.shown(member) | answers.balances(ledger.balance(member.card)) | {"coupons": held}


def find(till, call: dict, now: datetime):
	"""The member's card row, usable today. Raises Refused."""
	member = by_phone(till, call["phone"]) if "phone" in call else by_card(call)
	check_usable(member, now)
	return member


def by_card(call: dict):
	number = clean(call["card"]) if "card" in call else card_number(call["qr"])
	rows = frappe.db.sql(f"{SELECT} WHERE c.name = %s", [number], as_dict=True)
	if not rows and not is_valid(number):
		raise Refused(errors.CARD_CHECK_DIGIT, number, field="card")
	if not rows:
		raise Refused(errors.CARD_UNKNOWN, number, field="card")
	return rows[0]


def by_phone(till, phone: str):
	"""The best card of the customer with this number: an active one, of the till's programme."""
	rows = frappe.db.sql(f"{SELECT} WHERE u.mobile_no = %s", [mobile(phone)], as_dict=True)
	rows = [row for row in rows if row.customer_status not in GONE]
	if not rows:
		raise Refused(errors.MEMBER_UNKNOWN, phone, field="phone")
	if len({row.customer for row in rows}) > 1:
		raise Refused(errors.MEMBER_AMBIGUOUS, phone, field="phone")
	return min(
		rows, key=lambda row: (row.status_category != ACTIVE, row.programme != till.programme, row.card)
	)


def mobile(phone: str) -> str:
	try:
		return normalise_mobile(phone, setting("default_region"))
	except BadNumber:
		raise Refused(errors.BAD_PHONE, phone, field="phone") from None


def check_usable(member, now: datetime) -> None:
	if member.customer_status in GONE or member.customer_status == "Inactive":
		raise Refused(errors.MEMBER_CLOSED, member.customer_name)
	if code := NOT_ACTIVE.get(member.status_category):
		detail = member.replaced_by if code == errors.CARD_REPLACED else member.valid_until
		raise Refused(code, member.card, str(detail or ""), field="card")
	if member.valid_until and getdate(member.valid_until) < now.date():
		raise Refused(errors.CARD_EXPIRED, member.card, str(member.valid_until), field="card")


def check_amount(till, amount) -> None:
	if till.largest_amount and amount > till.largest_amount:
		raise Refused(errors.AMOUNT_TOO_LARGE, till.name, amount, field="total")
