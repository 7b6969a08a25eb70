"""Coupons at the till: found, locked, redeemed, released.

Order of locks: the members' accounts (the ledger's business), then counts of limited templates by name, then
coupons by code. Everything that decides is read after the lock. Nothing here commits, and nothing asks for
the rights of the session's user: the till has checked its own, and a till's user has none in the desk.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import frappe
from frappe.utils import cint, getdate, nowdate

from crm_app.crm_membership import coupon_counts, coupon_rows
from crm_app.crm_membership.coupon_terms import TEMPLATE, terms_of
from crm_app.crm_membership.domain import coupon_code, errors
from crm_app.crm_membership.domain.coupon_rules import ISSUED, REDEEMED, Offer, Terms, Visit, refusal
from crm_app.crm_membership.domain.errors import Refused
from crm_app.utils.money import ZERO, to_decimal

COUPON, ENTRY = coupon_rows.COUPON, coupon_rows.ENTRY
FIELDS = [
	"name", "template", "status_category", "customer", "valid_from", "valid_until", "use_count", "use_limit",
]  # fmt: skip
TAKEN_BACK = [
	"name", "coupon", "template", "customer", "voucher_type", "voucher_no", "store", "till",
	"discount_amount", "sale_amount",
]  # fmt: skip
HELD = 50  # coupons of one customer that a till is told of or chooses among


@dataclass(frozen=True, slots=True)
class Sale:
	"""Where a coupon is redeemed. `total`: the basket before discounts; `tier`: the member's."""

	doctype: str
	name: str
	moment: datetime
	store: str | None = None
	channel: str | None = None
	total: Decimal = ZERO
	tier: str | None = None
	till: str | None = None


@dataclass(frozen=True, slots=True)
class Redemption:
	entry: str
	coupon: str
	template: str
	discount: Decimal
	repeated: bool = False


def find(text: str) -> str:
	"""The coupon behind what was typed or scanned. Raises Refused."""
	code = coupon_code.clean(text)
	if code and frappe.db.exists(COUPON, code):
		return code
	found = frappe.get_all(COUPON, {"platform_code": code}, pluck="name", limit_page_length=2) if code else []
	if len(found) == 1:
		return found[0]
	mistyped = coupon_code.is_own(code) and not coupon_code.is_valid(code)
	raise Refused(errors.COUPON_CHECK if mistyped else errors.COUPON_UNKNOWN, text, field="coupons")


def read(codes: Iterable[str], customer: str | None, lock: bool = False) -> dict[str, Offer]:
	"""{code: Offer} with the uses of now; `codes` as `find` gives them. `lock` for a sale, in the one
	order."""
	codes = sorted(set(codes))
	if not codes:
		return {}
	templates = dict(frappe.get_all(COUPON, {"name": ["in", codes]}, ["name", "template"], as_list=True))
	if len(templates) < len(codes):
		raise Refused(errors.BUSY)  # issued after this transaction began: what it cannot see it cannot count
	terms = {template: terms_of(template) for template in sorted(set(templates.values()))}
	counts = (coupon_counts.lock if lock else coupon_counts.read)(terms, customer)
	rows = [frappe.db.get_value(COUPON, code, FIELDS, as_dict=True, for_update=lock) for code in codes]
	return {row.name: _offer(row, terms[row.template], counts, customer) for row in rows}


def _offer(row, terms, counts: dict[str, int], customer: str | None) -> Offer:
	return Offer(
		code=row.name,
		terms=terms,
		status=row.status_category,
		customer=row.customer or None,
		valid_from=getdate(row.valid_from) if row.valid_from else None,
		valid_until=getdate(row.valid_until) if row.valid_until else None,
		uses=cint(row.use_count),
		use_limit=cint(row.use_limit),
		template_uses=counts.get(coupon_counts.name_of(terms.template, None), 0),
		customer_uses=counts.get(coupon_counts.name_of(terms.template, customer), 0) if customer else 0,
	)


def redeem(code: str, customer: str | None, sale: Sale, discount: Decimal, key: str) -> Redemption:
	"""Uses the coupon once for `sale`; the same `key` again changes nothing and answers as the first time.

	Start, end, state, uses of the coupon, of the customer and of the template, store, channel, day and
	minimum are tested under the lock. What the coupon takes off is the quote's business. Raises Refused.
	"""
	code = find(code)
	return redeem_locked(read([code], customer, lock=True)[code], customer, sale, discount, key)


def redeem_locked(offer: Offer, customer: str | None, sale: Sale, discount: Decimal, key: str) -> Redemption:
	"""The same for an offer of `read(…, lock=True)` in this transaction."""
	if first := _answer_of(offer.code, key):
		return first
	if why := refusal(offer, Visit(customer, sale.tier, sale.moment, sale.store, sale.channel)):
		raise why
	if sale.total < offer.terms.minimum:
		least = offer.terms.minimum
		raise Refused(errors.COUPON_MIN_SPEND, offer.code, least, sale.total, field="coupons")
	return _use(offer, customer, sale, discount, key)


def _answer_of(code: str, key: str) -> Redemption | None:
	fields = ["name", "coupon", "template", "discount_amount"]
	found = frappe.db.get_value(
		ENTRY, {"idempotency_key": _key(key, code)}, fields, as_dict=True, for_update=True
	)
	if not found:
		return None
	return Redemption(found.name, found.coupon, found.template, to_decimal(found.discount_amount), True)


def _key(key: str, code: str) -> str:
	return f"{key}|{code}"


def _use(offer: Offer, customer: str | None, sale: Sale, discount: Decimal, key: str) -> Redemption:
	row = {"name": offer.code, "template": offer.terms.template, "customer": customer or offer.customer}
	entry = coupon_rows.entry_values(
		row,
		"Redeemed",
		_key(key, offer.code),
		posted_at=sale.moment.replace(tzinfo=None),
		voucher_type=sale.doctype,
		voucher_no=sale.name,
		store=sale.store,
		till=sale.till,
		discount_amount=float(discount),
		sale_amount=float(sale.total),
	)
	coupon_rows.write_entries([entry])
	coupon_counts.carry(offer.terms, customer, 1)
	status = REDEEMED if offer.uses + 1 >= offer.use_limit else ISSUED
	coupon_rows.use(
		offer.code, 1, discount, sale.total, status_category=status, redeemed_on=entry["posted_at"]
	)
	return Redemption(entry["name"], offer.code, offer.terms.template, discount)


def release(doctype: str, name: str, reason: str | None = None, returned: bool = False) -> list[str]:
	"""Takes back every redemption of a sale that was cancelled or came back whole; each once, however often
	called.

	`returned`: only those whose template lets them come back with the goods. A coupon whose time is over in
	the meantime is released and expires with the next nightly run. Returns the names of the new entries.
	"""
	sale = {"voucher_type": doctype, "voucher_no": name, "kind": "Redeemed"}
	taken = frappe.get_all(ENTRY, sale, TAKEN_BACK, order_by="coupon asc", limit_page_length=0)
	if returned:
		taken = [row for row in taken if frappe.get_cached_value(TEMPLATE, row.template, "release_on_return")]
	terms = {row.template: terms_of(row.template) for row in taken}
	for customer in sorted({row.customer or "" for row in taken}):
		coupon_counts.lock(terms, customer or None)
	return [entry for row in taken if (entry := _release(row, terms[row.template], reason))]


def _release(redeemed, terms: Terms, reason: str | None) -> str | None:
	coupon = coupon_rows.lock(redeemed.coupon, FIELDS)
	key = f"Released|{redeemed.name}"
	if frappe.db.get_value(ENTRY, {"idempotency_key": key}, "name", for_update=True):
		return None
	discount, total = to_decimal(redeemed.discount_amount), to_decimal(redeemed.sale_amount)
	where = {name: redeemed[name] for name in ("voucher_type", "voucher_no", "store", "till")}
	entry = coupon_rows.entry_values(
		{"name": redeemed.coupon, "template": redeemed.template, "customer": redeemed.customer},
		"Released",
		key,
		discount_amount=-float(discount),
		sale_amount=-float(total),
		reverses=redeemed.name,
		reason=reason,
		**where,
	)
	coupon_rows.write_entries([entry])
	coupon_counts.carry(terms, redeemed.customer, -1)
	status = ISSUED if coupon.status_category == REDEEMED else coupon.status_category
	coupon_rows.use(redeemed.coupon, -1, -discount, -total, status_category=status)
	return entry["name"]


def held(customer: str, limit: int = HELD) -> list[dict]:
	"""Coupons that the customer could use today or later, the next to end first: code, template, title, kind,
	valid_from, valid_until."""
	usable = {"customer": customer, "status_category": ISSUED}
	fields = ["name", "template", "valid_from", "valid_until"]
	rows = frappe.get_all(COUPON, usable, fields, limit_page_length=0)
	rows = [row for row in rows if not row.valid_until or getdate(row.valid_until) >= getdate(nowdate())]
	rows.sort(key=lambda row: (str(row.valid_until or "9999-12-31"), row.name))
	for row in rows[:limit]:
		terms = terms_of(row.template)
		row.update({"code": row.name, "title": terms.title, "kind": terms.kind})
	return rows[:limit]
