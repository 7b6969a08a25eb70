"""When a coupon may be used, and which coupons may stand beside each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from crm_app.crm_membership.domain import errors
from crm_app.crm_membership.domain.conditions import ALWAYS, Conditions
from crm_app.crm_membership.domain.errors import Refused
from crm_app.utils.money import ZERO

PERCENT, AMOUNT, FIXED_PRICE, FREE_ITEM = "Percent", "Amount", "Fixed Price", "Free Item"
ALONE, OTHER_GROUPS, ANY = "Alone", "With Other Groups", "With Any"
STOCK, ISSUED, REDEEMED, EXPIRED = "Stock", "Issued", "Redeemed", "Expired"
REFUNDED, VOID = "Refunded", "Void"
KIND_ORDER = {FIXED_PRICE: 0, FREE_ITEM: 0, AMOUNT: 1, PERCENT: 2}


@dataclass(frozen=True, slots=True)
class Terms:
	"""What a template says. `value`: percent, amount of money or price of a unit; `units` 0 is all of them.

	Limits of 0 are none. `order`: smaller is applied first. `minimum` counts the matching lines before any
	discount of tier or coupon.
	"""

	template: str
	kind: str
	value: Decimal
	title: str = ""
	most: Decimal = ZERO
	units: Decimal = ZERO
	minimum: Decimal = ZERO
	conditions: Conditions = ALWAYS
	stacking: str = OTHER_GROUPS
	group: str = ""
	order: int = 0
	with_tier: bool = True
	per_sale: int = 1
	total_limit: int = 0
	customer_limit: int = 0
	members_only: bool = False
	enabled: bool = True


@dataclass(frozen=True, slots=True)
class Offer:
	"""A coupon and how often it and its template were used, by all and by this customer."""

	code: str
	terms: Terms
	status: str = ISSUED
	customer: str | None = None
	valid_from: date | None = None
	valid_until: date | None = None
	uses: int = 0
	use_limit: int = 1
	template_uses: int = 0
	customer_uses: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
	"""Who wants to use coupons, when and where."""

	customer: str | None
	tier: str | None
	moment: datetime
	store: str | None = None
	channel: str | None = None


def refusal(offer: Offer, visit: Visit) -> Refused | None:
	"""Why the coupon cannot be used at this visit whatever is in the basket; None where it can."""
	return _own_state(offer, visit) or _limits(offer, visit) or _time_and_place(offer, visit)


def _own_state(offer: Offer, visit: Visit) -> Refused | None:
	"""Somebody else's coupon is not described any further to the one who shows it."""
	if offer.customer and offer.customer != visit.customer:
		return Refused(errors.COUPON_OTHER_CUSTOMER, offer.code, field="coupons")
	told = {
		STOCK: errors.COUPON_NOT_ISSUED,
		REDEEMED: errors.COUPON_USED,
		REFUNDED: errors.COUPON_REFUNDED,
		VOID: errors.COUPON_VOID,
	}
	if offer.status in told:
		return Refused(told[offer.status], offer.code, field="coupons")
	today = visit.moment.date()
	if offer.valid_from and offer.valid_from > today:
		return Refused(errors.COUPON_NOT_STARTED, offer.code, offer.valid_from, field="coupons")
	if offer.status == EXPIRED or (offer.valid_until and offer.valid_until < today):
		return Refused(errors.COUPON_EXPIRED, offer.code, offer.valid_until or "", field="coupons")
	if offer.uses >= offer.use_limit:
		return Refused(errors.COUPON_USED, offer.code, field="coupons")
	return None


def _limits(offer: Offer, visit: Visit) -> Refused | None:
	terms = offer.terms
	if not terms.enabled:
		return Refused(errors.COUPON_DISABLED, terms.template, field="coupons")
	if not visit.customer and (terms.members_only or terms.customer_limit):
		return Refused(errors.COUPON_NEEDS_MEMBER, offer.code, field="coupons")
	if terms.total_limit and offer.template_uses >= terms.total_limit:
		return Refused(errors.COUPON_LIMIT, terms.template, terms.total_limit, field="coupons")
	if terms.customer_limit and offer.customer_uses >= terms.customer_limit:
		return Refused(errors.COUPON_CUSTOMER_LIMIT, terms.template, offer.customer_uses, field="coupons")
	return None


def _time_and_place(offer: Offer, visit: Visit) -> Refused | None:
	when, code, today = offer.terms.conditions, offer.code, visit.moment.date()
	if not when.has_begun(today):
		return Refused(errors.COUPON_NOT_STARTED, code, when.valid_from, field="coupons")
	if when.has_ended(today):
		return Refused(errors.COUPON_EXPIRED, code, when.valid_until, field="coupons")
	if not when.fits_weekday(today):
		return Refused(errors.COUPON_WRONG_DAY, code, field="coupons")
	if not when.fits_hour(visit.moment.time()):
		hours = (f"{hour:%H:%M}" if hour else "24:00" for hour in (when.hour_from, when.hour_to))
		return Refused(errors.COUPON_WRONG_TIME, code, *hours, field="coupons")
	if not when.fits_store(visit.store):
		return Refused(errors.COUPON_WRONG_STORE, code, field="coupons")
	if not when.fits_channel(visit.channel):
		return Refused(errors.COUPON_WRONG_CHANNEL, code, field="coupons")
	if not when.fits_tier(visit.tier):
		return Refused(errors.COUPON_WRONG_TIER, code, field="coupons")
	return None


def basket_refusal(offer: Offer, lines: Iterable) -> Refused | None:
	"""`lines` have item_code, category and amount before any discount."""
	matching = [line.amount for line in lines if offer.terms.conditions.fits_line(line)]
	amount = sum(matching, ZERO)
	if not matching or amount <= 0:
		return Refused(errors.COUPON_NO_MATCH, offer.code, field="coupons")
	if amount < offer.terms.minimum:
		return Refused(errors.COUPON_MIN_SPEND, offer.code, offer.terms.minimum, amount, field="coupons")
	return None


def stackable(offer: Offer, others: Iterable[Offer]) -> Refused | None:
	"""Why `offer` cannot join `others`, which stand together already."""
	terms, same = offer.terms, 0
	for other in others:
		if other.code == offer.code:
			return Refused(errors.COUPON_TWICE, offer.code, field="coupons")
		same += other.terms.template == terms.template
		if not _side_by_side(terms, other.terms):
			return Refused(errors.COUPON_NOT_STACKABLE, offer.code, other.code, field="coupons")
	if same >= terms.per_sale > 0:
		return Refused(errors.COUPON_PER_SALE, offer.code, terms.per_sale, field="coupons")
	if terms.total_limit and offer.template_uses + same >= terms.total_limit:
		return Refused(errors.COUPON_LIMIT, terms.template, terms.total_limit, field="coupons")
	if terms.customer_limit and offer.customer_uses + same >= terms.customer_limit:
		used = offer.customer_uses + same
		return Refused(errors.COUPON_CUSTOMER_LIMIT, terms.template, used, field="coupons")
	return None


def _side_by_side(one: Terms, other: Terms) -> bool:
	"""Both must allow it. Several coupons of one template are a matter of its `per_sale` alone."""
	if one.template == other.template:
		return True
	if ALONE in (one.stacking, other.stacking):
		return False
	if one.group and one.group == other.group:
		return one.stacking == other.stacking == ANY
	return True


def application_order(offer: Offer) -> tuple:
	"""Prices of single items first, amounts next, percents of what is left last, unless the template says."""
	return (offer.terms.order, KIND_ORDER[offer.terms.kind], offer.terms.template, offer.code)
