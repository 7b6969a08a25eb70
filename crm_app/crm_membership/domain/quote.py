"""What a basket costs a member: tier discount, coupons, points, stored value, and what it earns.

In this order: the tier's discount on every line; the coupons one after the other (template's order, then
prices of single items, amounts, percents); points as payment; stored value; the rest is money. Each step
takes off what the steps before left, shared over its lines so that they add up to the cent. A coupon that
does not go on top of the tier's discount replaces it for the whole basket.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from typing import Literal

from crm_app.crm_membership.domain import errors
from crm_app.crm_membership.domain.combination import best_of
from crm_app.crm_membership.domain.coupon_rules import (
	Offer,
	Visit,
	application_order,
	basket_refusal,
	refusal,
	stackable,
)
from crm_app.crm_membership.domain.discounts import coupon_off, percent_off
from crm_app.crm_membership.domain.earned import Earned
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.domain.sharing import from_units, to_units
from crm_app.utils.money import ZERO

MAX = "max"
Amount = Decimal | Literal["max"] | None
AFTER_DISCOUNTS, WITHOUT_POINTS, MONEY_ONLY = (
	"Amount after Discounts",
	"Amount not Paid with Points",
	"Amount Paid in Money",
)
LARGEST = Decimal("1e9")  # of a line or a basket; beyond, somebody scanned a code into the price
LARGEST_QTY = Decimal("1e6")


@dataclass(frozen=True, slots=True)
class BasketLine:
	"""`amount`: quantity by price less what the till itself took off, in whole cents."""

	key: str
	item_code: str
	category: str
	qty: Decimal
	amount: Decimal
	item_name: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
	"""What the programme says. `share`: percent of the basket that points may pay; `minimum` in points."""

	programme: str = ""
	tier_percent: Decimal = ZERO
	point_value: Decimal = ZERO
	points_decimals: int = 0
	minimum: Decimal = ZERO
	share: Decimal = Decimal(100)
	earn_on: str = WITHOUT_POINTS
	places: int = 2


@dataclass(frozen=True, slots=True)
class Purse:
	"""What the member could pay with."""

	points: Decimal = ZERO
	value: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Ask:
	"""What the customer wants. `total` is the till's own sum, checked where it is given. `best`: choose among
	the offers; otherwise all of them are meant."""

	points: Amount = None
	value: Amount = None
	best: bool = False
	total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class QuoteLine:
	key: str
	gross: Decimal
	tier_discount: Decimal
	coupon_discount: Decimal
	net: Decimal


@dataclass(frozen=True, slots=True)
class Applied:
	code: str
	template: str
	discount: Decimal
	by_line: tuple[Decimal, ...]


@dataclass(slots=True)
class Quote:
	"""`problems`: why points or stored value were not taken as asked; `refused`: coupons that do not
	count."""

	lines: tuple[QuoteLine, ...]
	gross: Decimal
	tier_discount: Decimal
	coupon_discount: Decimal
	total: Decimal
	applied: tuple[Applied, ...] = ()
	refused: tuple[tuple[str, Refused], ...] = ()
	combination_complete: bool = True
	points_max: Decimal = ZERO
	points_used: Decimal = ZERO
	points_money: Decimal = ZERO
	value_max: Decimal = ZERO
	value_used: Decimal = ZERO
	to_pay: Decimal = ZERO
	not_earning: Decimal = ZERO
	earned: Earned | None = None
	problems: tuple[Refused, ...] = field(default_factory=tuple)

	def first_refusal(self) -> Refused | None:
		"""What a sale that asks for exactly this must be refused for."""
		return next(iter([*self.problems, *(why for _code, why in self.refused)]), None)


def quote(
	basket: Sequence[BasketLine],
	visit: Visit,
	terms: Terms,
	purse: Purse = Purse(),
	offers: Iterable[Offer] = (),
	ask: Ask = Ask(),
	earn: Callable[[Sequence[QuoteLine], Decimal], Earned] | None = None,
) -> Quote:
	"""`earn(lines, not_earning)` tells what the lines earn of which `not_earning` was paid in other ways.

	Raises Refused where the basket itself is wrong.
	"""
	check_basket(basket, ask.total)
	counter = _Counter(basket, terms)
	chosen, refused, complete = _choose(counter, visit, list(offers), ask.best)
	result = counter.result(chosen)
	result.refused, result.combination_complete = refused, complete
	_pay(result, terms, purse, ask)
	if earn:
		result.earned = earn(result.lines, result.not_earning)
	return result


def check_basket(basket: Sequence[BasketLine], total: Decimal | None) -> None:
	if not basket:
		raise Refused(errors.BASKET_EMPTY, field="items")
	for line in basket:
		if not 0 < line.qty <= LARGEST_QTY or line.amount < 0:
			raise Refused(
				errors.AMOUNT_NOT_POSITIVE, line.item_code, min(line.qty, line.amount), field="items"
			)
		if line.amount > LARGEST:
			raise Refused(errors.AMOUNT_TOO_LARGE, line.item_code, line.amount, field="items")
	added = sum((line.amount for line in basket), ZERO)
	if added > LARGEST:
		raise Refused(errors.AMOUNT_TOO_LARGE, basket[0].item_code, added, field="items")
	if total is not None and total != added:
		raise Refused(errors.TOTAL_MISMATCH, total, added, field="total")


class _Counter:
	"""Counts one basket in whole cents, for one set of coupons after the other."""

	def __init__(self, basket: Sequence[BasketLine], terms: Terms):
		self.basket, self.places = basket, terms.places
		self.gross = [to_units(line.amount, terms.places) for line in basket]
		self.ties = [(line.item_code, line.category, line.qty, line.amount) for line in basket]
		self.tier = percent_off(terms.tier_percent, self.gross, self.ties)
		self.none = [0] * len(basket)

	def steps(self, offers: Iterable[Offer]) -> tuple[list[int], list[tuple[Offer, list[int]]]]:
		"""Cents off by line: of the tier, and of each coupon in the order in which they are applied."""
		ordered = sorted(offers, key=application_order)
		tier = self.tier if all(offer.terms.with_tier for offer in ordered) else self.none
		left = [cents - off for cents, off in zip(self.gross, tier, strict=True)]
		taken = []
		for offer in ordered:
			off = coupon_off(offer.terms, self.basket, left, self.ties, self.places)
			left = [cents - less for cents, less in zip(left, off, strict=True)]
			taken.append((offer, off))
		return tier, taken

	def saved(self, offers: Sequence[Offer]) -> int:
		tier, taken = self.steps(offers)
		return sum(tier) + sum(sum(off) for _offer, off in taken)

	def result(self, offers: Iterable[Offer]) -> Quote:
		tier, taken = self.steps(offers)
		coupons = [sum(off[i] for _offer, off in taken) for i in range(len(self.basket))]
		lines = tuple(map(self._line, self.basket, self.gross, tier, coupons))
		applied = tuple(
			Applied(offer.code, offer.terms.template, self._money(sum(off)), tuple(map(self._money, off)))
			for offer, off in taken
		)
		gross, off = self._money(sum(self.gross)), (self._money(sum(tier)), self._money(sum(coupons)))
		return Quote(lines, gross, *off, gross - sum(off), applied)

	def _line(self, line: BasketLine, gross: int, tier: int, coupon: int) -> QuoteLine:
		return QuoteLine(line.key, *map(self._money, (gross, tier, coupon, gross - tier - coupon)))

	def _money(self, cents: int) -> Decimal:
		return from_units(cents, self.places)


def _choose(counter: _Counter, visit: Visit, offers: list[Offer], best: bool):
	"""(offers that count, ((code, why not), …), whether all sets were looked at)."""
	fitting, refused = [], []
	for offer in sorted(offers, key=application_order):
		why = refusal(offer, visit) or basket_refusal(offer, counter.basket)
		if why:
			refused.append((offer.code, why))
		else:
			fitting.append(offer)
	if best:
		chosen, complete = _best(counter, fitting)
		return chosen, tuple(refused), complete
	chosen, clashing = _all_that_stand_together(counter, fitting)
	return chosen, (*refused, *clashing), True


def _all_that_stand_together(counter: _Counter, offers: list[Offer]) -> tuple[tuple[Offer, ...], list]:
	"""In their order of application; who clashes with one before, or finds nothing left, is refused."""
	chosen, refused = (), []
	for offer in offers:
		why = stackable(offer, chosen)
		_tier, taken = counter.steps((*chosen, offer))
		if not why and not all(any(off) for _offer, off in taken):
			why = Refused(errors.COUPON_NO_EFFECT, offer.code, field="coupons")
		if why:
			refused.append((offer.code, why))
		else:
			chosen = (*chosen, offer)
	return chosen, refused


def _best(counter: _Counter, offers: list[Offer]) -> tuple[tuple[Offer, ...], bool]:
	"""With the tier's discount and coupons that go on top of it, or without it and any coupons."""
	on_top = [offer for offer in offers if offer.terms.with_tier]
	tier_only = counter.saved(())
	with_tier = best_of(on_top, lambda chosen: counter.saved(chosen) - tier_only, len(counter.basket))
	if len(on_top) == len(offers):
		return with_tier.offers, with_tier.complete
	plain = _Counter(counter.basket, Terms(places=counter.places))
	without = best_of(offers, plain.saved, len(counter.basket))
	complete = with_tier.complete and without.complete
	alone = any(not offer.terms.with_tier for offer in without.offers)
	if alone and without.off > with_tier.off + tier_only:
		return without.offers, complete
	return with_tier.offers, complete


def _pay(result: Quote, terms: Terms, purse: Purse, ask: Ask) -> None:
	problems = []
	result.points_max = most_points(result.total, terms, purse.points)
	result.points_used, problem = _asked_points(ask.points, result, terms, purse)
	problems += [problem] if problem else []
	result.points_money = points_worth(result.points_used, terms)
	left = result.total - result.points_money
	result.value_max = max(ZERO, min(purse.value, left))
	result.value_used, problem = _asked_value(ask.value, left, result.value_max, purse)
	problems += [problem] if problem else []
	result.to_pay = left - result.value_used
	result.problems = tuple(problems)
	result.not_earning = {
		WITHOUT_POINTS: result.points_money,
		MONEY_ONLY: result.points_money + result.value_used,
	}.get(terms.earn_on, ZERO)


def points_worth(points: Decimal, terms: Terms) -> Decimal:
	"""Money for `points`, down to the cent."""
	return (points * terms.point_value).quantize(Decimal(1).scaleb(-terms.places), rounding=ROUND_DOWN)


def most_points(total: Decimal, terms: Terms, balance: Decimal) -> Decimal:
	"""How many points may pay at once; 0 where the programme takes none or fewer are there than it asks
	for."""
	if terms.point_value <= 0 or total <= 0:
		return ZERO
	money = total * min(terms.share, Decimal(100)) / 100
	step = Decimal(1).scaleb(-terms.points_decimals)
	by_share = (money / terms.point_value).quantize(step, rounding=ROUND_DOWN)
	points = min(by_share, max(balance, ZERO).quantize(step, rounding=ROUND_DOWN))
	return points if points >= terms.minimum and points_worth(points, terms) > 0 else ZERO


def _asked_points(asked: Amount, result: Quote, terms: Terms, purse: Purse):
	"""(points taken, why fewer than asked)."""
	if not asked:
		return ZERO, None
	if asked == MAX:
		return result.points_max, None
	if terms.point_value <= 0:
		return ZERO, Refused(errors.POINTS_NOT_TAKEN, terms.programme, field="points")
	if asked < 0 or asked != asked.quantize(Decimal(1).scaleb(-terms.points_decimals), rounding=ROUND_DOWN):
		step = Decimal(1).scaleb(-terms.points_decimals)
		return ZERO, Refused(errors.POINTS_STEP, step, field="points")
	if asked > purse.points:
		return ZERO, Refused(errors.POINTS_SHORT, asked, purse.points, field="points")
	if asked < terms.minimum:
		return ZERO, Refused(errors.POINTS_MINIMUM, terms.minimum, field="points")
	if asked > result.points_max:
		return ZERO, Refused(errors.POINTS_SHARE, result.points_max, field="points")
	return asked, None


def _asked_value(asked: Amount, left: Decimal, most: Decimal, purse: Purse):
	if not asked:
		return ZERO, None
	if asked == MAX:
		return most, None
	if asked < 0:
		return ZERO, Refused(errors.AMOUNT_NOT_POSITIVE, "stored_value", asked, field="stored_value")
	if asked > purse.value:
		return ZERO, Refused(errors.VALUE_SHORT, asked, purse.value, field="stored_value")
	if asked > left:
		return ZERO, Refused(errors.VALUE_TOO_MUCH, asked, left, field="stored_value")
	return asked, None
