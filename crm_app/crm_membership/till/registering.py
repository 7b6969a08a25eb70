"""A walk-in or group buyer becomes a member in one step: customer, consent, active card."""

from datetime import datetime

import frappe
from frappe.utils import nowdate

from crm_app.crm_membership import cards, coupons, paid_time
from crm_app.crm_membership.domain import errors
from crm_app.crm_membership.domain.card_status import OPEN
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.till import members
from crm_app.crm_membership.till.outcome import Outcome
from crm_app.customising.mandatory import forgive_custom, forgiven_labels

CUSTOMER, CARD = "CRM Customer", "Member Card"


def register(till, call: dict, now: datetime) -> Outcome:
	if not till.programme:
		raise Refused(errors.FIELD_MISSING, "programme", field="programme")
	paid_time.check_new(till.programme)
	phone = members.mobile(call["phone"])
	voucher = coupons.find(call["voucher"]) if call.get("voucher") else None
	known = lock_and_find(till.programme, phone)
	customer = known or add_customer(till, call, phone)
	if known:
		keep_consent(known, till, call)
	card = add_card(till, customer)
	member = members.by_card({"card": card.name})
	data = members.identified(member) | {"new_customer": not known, "voucher": voucher}
	data["missing"] = forgiven_labels(frappe.get_doc(CUSTOMER, customer))
	return Outcome(data, customer=customer, card=card.name)


def lock_and_find(programme: str, phone: str) -> str | None:
	"""The customer with this number who has no card yet, None for a new one.

	Registrations of a programme queue up behind its row, so that two of one number cannot both be new; the
	locking read sees what was committed while this call waited.
	"""
	frappe.db.get_value("Membership Programme", programme, "name", for_update=True)
	found = frappe.db.get_values(
		CUSTOMER, {"mobile_no": phone}, ["name", "status_category"], as_dict=True, for_update=True
	)
	found = [row.name for row in found if row.status_category not in members.GONE]
	if len(found) > 1:
		raise Refused(errors.MEMBER_AMBIGUOUS, phone, field="phone")
	taken = {"customer": ["in", found], "programme": programme, "status_category": ["in", OPEN]}
	if found and frappe.db.get_value(CARD, taken, "name", for_update=True):
		raise Refused(errors.MEMBER_EXISTS, phone, field="phone")
	return found[0] if found else None


def add_customer(till, call: dict, phone: str) -> str:
	customer = frappe.new_doc(CUSTOMER)
	customer.update(
		{
			"customer_name": call["customer_name"],
			"customer_type": "Individual",
			"mobile_no": phone,
			"source": call.get("source", "Walk-in"),
		}
	)
	add_consent(customer, till, call)
	forgive_custom(customer)
	customer.insert(ignore_permissions=True)  # a till may register, it has no right to customers beyond
	return customer.name


def keep_consent(name: str, till, call: dict) -> None:
	if call.get("consent"):
		customer = frappe.get_doc(CUSTOMER, name)
		add_consent(customer, till, call)
		forgive_custom(customer)
		customer.save(ignore_permissions=True)  # only what the customer has just said


def add_consent(customer, till, call: dict) -> None:
	rows = {row.channel: row for row in customer.consents}
	for channel, given in call.get("consent", ()):
		row = rows.get(channel) or customer.append("consents", {"channel": channel})
		row.update(
			{
				"status": "Granted" if given else "Refused",
				"given_on": nowdate(),
				"source": f"{till.name} {till.till_name}",
			}
		)


def add_card(till, customer: str):
	card = frappe.new_doc(CARD)
	card.update({"customer": customer, "programme": till.programme, "store": till.store})
	card.card_type = "Electronic"
	card.flags.ignore_permissions = True  # as above
	forgive_custom(card)
	card.insert()
	cards.move(card, "activate")
	return card
