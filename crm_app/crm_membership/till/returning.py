"""Part of a till's sale comes back: goods by quantity, what they earned, and what they were paid with."""

from datetime import datetime
from decimal import Decimal

import frappe

from crm_app.crm_membership import ledger
from crm_app.crm_membership.domain.giving_back import goods_back, rate_and_discount
from crm_app.crm_membership.till import answers, cancelling, members
from crm_app.crm_membership.till.outcome import Outcome
from crm_app.crm_sales import returns
from crm_app.crm_sales.domain.returns import Moved, by_item
from crm_app.crm_sales.sale_rows import TRANSACTION
from crm_app.customising.mandatory import forgive_custom
from crm_app.utils.money import ZERO


def return_items(till, call: dict, now: datetime) -> Outcome:
	"""The CRM Transaction of the kind Return, with all that follows from it; locks as a cancellation does."""
	row = cancelling.find(till, call)
	cancelling.check_not_cancelled(row.name)
	ledger.lock(row.member_card)
	lines = returns.lines_of(row.name, locked=True)
	back = goods_back(asked(call["items"]), by_item(lines), returns.returned(lines))
	made = write(row, call, back, now)
	refund = sum((moved.amount for moved in back.values()), ZERO)
	data = answers.shown(members.by_card({"card": row.member_card})) | {
		"sale": row.name,
		"return": made.name,
		"refund": answers.refunded(refund, made.flags.paid_back),
		"lines": [answers.line_back(item, moved) for item, moved in back.items()],
		"balances": answers.balances(ledger.balance(row.member_card)),
	}
	return Outcome(data, made.name, row.customer, row.member_card, -refund)


def asked(items: tuple) -> dict[str, Decimal]:
	wanted: dict[str, Decimal] = {}
	for item, qty in items:
		wanted[item] = wanted.get(item, ZERO) + qty
	return wanted


def write(sale, call: dict, back: dict[str, Moved], now: datetime):
	"""Submitted; the hooks take back what was earned, give back what it was paid with from the card, and the
	coupons with the last of the goods."""
	known = {row.item_code: row for row in frappe.get_doc(TRANSACTION, sale.name).items}
	made = frappe.new_doc(TRANSACTION)
	made.update({"transaction_type": "Return", "return_against": sale.name, "customer": sale.customer})
	made.update({"posting_date": now.date(), "posting_time": now.time().replace(microsecond=0)})
	for item, moved in back.items():
		rate, discount = rate_and_discount(moved)
		values = {"item_code": item, "qty": float(moved.qty), "rate": float(rate)}
		values |= {name: known[item].get(name) for name in ("item_name", "category")}
		made.append("items", values | {"discount_amount": float(discount)})
	made.flags.ignore_permissions = True  # the till may take its own sales back and nothing else
	forgive_custom(made)
	made.insert()
	made.submit()
	return made
