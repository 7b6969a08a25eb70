"""A quote for a member at a till: reads programme, coupons and rules, and lets the pure engine count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

from frappe.utils import cint

from crm_app.crm_membership import coupons, earn_rules, programmes
from crm_app.crm_membership.domain import quote as engine
from crm_app.crm_membership.domain.coupon_rules import Offer, Visit
from crm_app.crm_membership.domain.earned import Earned, Sale, SaleLine
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.domain.quote import Amount, Ask, BasketLine, Purse, Quote, QuoteLine, Terms
from crm_app.utils.money import ZERO, to_decimal


@dataclass(frozen=True, slots=True)
class Member:
	"""The card that was presented, or its account's; `points` and `value` as the ledger has them now."""

	card: str
	customer: str
	programme: str
	tier: str | None
	points: Decimal = ZERO
	value: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Request:
	"""`coupons`: codes as typed or scanned. `best`: choose among them and all that the member holds."""

	lines: Sequence[BasketLine]
	moment: datetime
	store: str | None = None
	channel: str | None = None
	member: Member | None = None
	coupons: Sequence[str] = ()
	points: Amount = None
	value: Amount = None
	best: bool = False
	total: Decimal | None = None
	currency: str | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
	"""The quote and the offers behind it, locked where that was asked for: what `redeem_locked` needs."""

	quote: Quote
	offers: dict[str, Offer]


def quote(request: Request, lock: bool = False, plan: SimpleNamespace | None = None) -> Quoted:
	"""`lock`: coupons and their limits stay as they are until the transaction ends; for a sale, after the
	accounts.

	`plan`: of the member's programme, where it is at hand. Raises Refused where the basket is wrong; coupons
	that cannot be used are named in the quote.
	"""
	member = request.member
	customer = member.customer if member else None
	if member and not plan:
		plan = programmes.plan(member.programme)
	codes, unknown = _found(request.coupons)
	if request.best and member:
		codes = [*codes, *(row.code for row in coupons.held(customer) if row.code not in codes)]
	offers = coupons.read(codes, customer, lock)
	repeated = [code for place, code in enumerate(codes) if code in codes[:place]]
	made = engine.quote(
		request.lines,
		Visit(customer, member and member.tier, request.moment, request.store, request.channel),
		terms_of(plan, member) if member else Terms(),
		Purse(member.points, member.value) if member else Purse(),
		[offers[code] for code in [*dict.fromkeys(codes), *repeated]],
		Ask(request.points, request.value, request.best, request.total),
		(lambda lines, apart: _earned(request, plan, lines, apart, lock)) if member else None,
	)
	made.refused = (*unknown, *made.refused)
	return Quoted(made, offers)


def _found(given: Sequence[str]) -> tuple[list[str], list[tuple[str, Refused]]]:
	codes, unknown = [], []
	for text in given:
		try:
			codes.append(coupons.find(text))
		except Refused as why:
			unknown.append((text, why))
	return codes, unknown


def terms_of(plan: SimpleNamespace, member: Member) -> Terms:
	"""What the programme says for a member of this tier; `plan` of programmes.plan."""
	tier, plan = plan.tiers.get(member.tier), plan.fields
	return Terms(
		programme=member.programme,
		tier_percent=to_decimal(tier.discount_percent) if tier else ZERO,
		point_value=to_decimal(plan.point_value),
		points_decimals=cint(plan.points_decimals),
		minimum=to_decimal(plan.min_redeem_points),
		share=to_decimal(plan.max_redeem_share),
		earn_on=plan.earn_on or engine.WITHOUT_POINTS,
	)


def _earned(request: Request, plan, lines: Sequence[QuoteLine], apart: Decimal, lock: bool) -> Earned:
	return earn_rules.evaluate(sale_of(request, lines, apart), lock=lock, plan=plan)


def sale_of(request: Request, lines: Sequence[QuoteLine], not_earning: Decimal) -> Sale:
	"""The basket as the earn rules see it: what is left to pay for each line after tier and coupons."""
	member = request.member
	return Sale(
		card=member.card,
		customer=member.customer,
		programme=member.programme,
		tier=member.tier,
		store=request.store,
		channel=request.channel,
		posting_date=request.moment.date(),
		posting_time=request.moment.time(),
		currency=request.currency,
		lines=tuple(
			SaleLine(line.key, item.item_code, item.category, item.qty, line.net)
			for item, line in zip(request.lines, lines, strict=True)
		),
		not_earning=not_earning,
	)
