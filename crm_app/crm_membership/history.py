"""What happened to a member, newest first: sales, points, top-ups, coupons, tiers in one list.

Five queries at most, however long the history; each kind only for readers who may see its DocType. That the
reader may see the customer is the caller's to check.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time

import frappe
from frappe import _
from frappe.utils import get_datetime, getdate

from crm_app.crm_membership.domain.kinds import BONUS, POINTS, PRINCIPAL
from crm_app.utils.money import ZERO, to_decimal

SALE, ENTRY = "CRM Transaction", "Member Ledger Entry"
ROWS = 20
ENTRIES = 60  # a posting has several
TITLES = {"Gift": "Gift for Points", "Bonus": "Gift of Points"}  # the option means something else there
COUPON_TITLES = {"Issued": "Coupon Issued", "Redeemed": "Coupon Redeemed", "Expired": "Coupon Expired"}
SHOWN = (POINTS, PRINCIPAL, BONUS)


@dataclass(frozen=True, slots=True)
class Event:
	"""`kind` is one of Sale, Return, Ledger, Coupon, Tier; `changes`: (kind, signed amount)."""

	moment: datetime
	kind: str
	title: str
	detail: str
	doctype: str
	name: str
	changes: tuple = ()
	amount: object = None
	is_cancelled: bool = False


def events(customer: str, card: str | None = None, rows: int = ROWS) -> list[Event]:
	"""Of a customer, or of one of their cards."""
	found: list[Event] = []
	if _may(SALE):
		found += _sales(customer, card, rows)
	if _may(ENTRY):
		found += _postings(customer, card, rows)
	if _may("Coupon Entry") and not card:
		found += _coupons(customer, rows)
	if _may("Member Tier Change"):
		found += _tiers(customer, card, rows)
	return sorted(found, key=lambda event: event.moment, reverse=True)[:rows]


def balances(customer: str | None = None, card: str | None = None) -> list[dict]:
	"""Open accounts: card, programme, tier, points, value."""
	account, card_ = frappe.qb.DocType("Member Account"), frappe.qb.DocType("Member Card")
	query = (
		frappe.qb.from_(account)
		.join(card_)
		.on(card_.name == account.name)
		.select(
			account.name, account.programme, account.currency, account.points, account.principal,
			account.bonus, card_.tier, card_.tier_until, card_.status_category,
		)
		.where(account.moved_to.isnull())
		.orderby(account.name)
	)  # fmt: skip
	query = query.where(account.name == card) if card else query.where(account.customer == customer)
	rows = query.run(as_dict=True)
	for row in rows:
		row.value = to_decimal(row.principal) + to_decimal(row.bonus)
	return rows


def _may(doctype: str) -> bool:
	return bool(frappe.has_permission(doctype, "read"))


def _sales(customer: str, card: str | None, rows: int) -> list[Event]:
	filters = {"customer": customer, "docstatus": [">", 0], "member_card": card or ["is", "set"]}
	fields = ["name", "docstatus", "transaction_type", "posting_date", "posting_time", "store", "amount"]
	sales = frappe.get_all(
		SALE, filters, fields, order_by="posting_date desc, creation desc", limit_page_length=rows
	)
	moved = _changes_of([sale.name for sale in sales]) if _may(ENTRY) else {}
	return [
		Event(
			_moment(sale.posting_date, sale.posting_time),
			sale.transaction_type,
			_(sale.transaction_type),
			sale.store or "",
			SALE,
			sale.name,
			tuple(moved.get(sale.name, {}).items()),
			sale.amount,
			sale.docstatus == 2,
		)
		for sale in sales
	]


def _changes_of(vouchers: list[str]) -> dict[str, dict]:
	"""{document: {kind: what its postings moved}}"""
	if not vouchers:
		return {}
	fields = ["voucher_no", "kind", "amount"]
	filters = {"voucher_no": ["in", vouchers], "voucher_type": SALE, "kind": ["in", SHOWN]}
	found: dict[str, dict] = defaultdict(lambda: defaultdict(lambda: ZERO))
	for row in frappe.get_all(ENTRY, filters, fields, limit_page_length=0):
		found[row.voucher_no][row.kind] += to_decimal(row.amount)
	return found


def _postings(customer: str, card: str | None, rows: int) -> list[Event]:
	filters = {"customer": customer, "voucher_type": ["!=", SALE], "kind": ["in", SHOWN]}
	if card:
		filters["account"] = card
	fields = [
		"name",
		"posted_at",
		"entry_type",
		"kind",
		"amount",
		"reason",
		"voucher_type",
		"voucher_no",
		"posting",
	]
	groups: dict[tuple, list] = {}
	for row in frappe.get_all(ENTRY, filters, fields, order_by="posted_at desc", limit_page_length=ENTRIES):
		groups.setdefault((row.posting, row.voucher_no, row.entry_type == "Expire"), []).append(row)
	return [_posting(group) for group in list(groups.values())[:rows]]


def _posting(group: list) -> Event:
	first, moved = min(group, key=lambda row: row.entry_type == "Bonus"), defaultdict(lambda: ZERO)
	for row in group:
		moved[row.kind] += to_decimal(row.amount)
	return Event(
		get_datetime(first.posted_at),
		"Ledger",
		_(TITLES.get(first.entry_type, first.entry_type)),
		first.reason or _(first.voucher_type),
		ENTRY,
		first.name,
		tuple((kind, amount) for kind, amount in moved.items() if amount),
	)


def _coupons(customer: str, rows: int) -> list[Event]:
	fields = ["name", "posted_at", "kind", "template", "coupon", "discount_amount"]
	found = frappe.get_all(
		"Coupon Entry", {"customer": customer}, fields, order_by="posted_at desc", limit_page_length=rows
	)
	return [
		Event(
			get_datetime(row.posted_at),
			"Coupon",
			_(COUPON_TITLES.get(row.kind, row.kind)),
			row.template,
			"Coupon",
			row.coupon,
			amount=row.discount_amount or None,
		)
		for row in found
	]


def _tiers(customer: str, card: str | None, rows: int) -> list[Event]:
	filters = {"card": card} if card else {"customer": customer}
	fields = ["name", "changed_at", "from_tier", "to_tier", "cause", "reason"]
	found = frappe.get_all(
		"Member Tier Change", filters, fields, order_by="changed_at desc", limit_page_length=rows
	)
	return [
		Event(
			get_datetime(row.changed_at),
			"Tier",
			f"{row.from_tier} → {row.to_tier}",
			row.reason or _(row.cause),
			"Member Tier Change",
			row.name,
		)
		for row in found
	]


def _moment(day, clock) -> datetime:
	"""Drivers give a time of day as time, timedelta or text."""
	midnight = datetime.combine(getdate(day), time())
	if not clock:
		return midnight
	return get_datetime(f"{getdate(day)} {str(clock).split('.')[0]}")
