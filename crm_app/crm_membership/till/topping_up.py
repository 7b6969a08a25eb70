"""Stored value bought at the till: the Member Top-up of the desk, filled in by the till."""

from datetime import datetime

import frappe

from crm_app.crm_membership import ledger
from crm_app.crm_membership.till import answers, members
from crm_app.crm_membership.till.outcome import Outcome
from crm_app.customising.mandatory import forgive_custom

TOP_UP = "Member Top-up"


def top_up(till, call: dict, now: datetime) -> Outcome:
	member = members.find(till, call, now)
	members.check_amount(till, call["amount"])
	doc = frappe.new_doc(TOP_UP)
	doc.update(
		{
			"card": member.card,
			"posting_date": now.date(),
			"amount": float(call["amount"]),
			"payment_method": call.get("payment_method", "Cash"),
			"store": till.store,
		}
	)
	doc.flags.ignore_permissions = True  # the till may top up, it has no other right to the record
	ledger.lock(member.card)  # before any row of the record, as everybody does
	forgive_custom(doc)
	doc.insert()
	doc.submit()
	data = {
		"top_up": doc.name,
		"amount": answers.text(call["amount"]),
		"bonus": answers.text(doc.bonus),
		"balances": answers.balances(ledger.balance(member.card)),
	}
	return Outcome(answers.shown(member) | data, None, member.customer, member.card, call["amount"])
