"""What a sale earns: the base rate and the earn rules, exact, rounded once for the whole sale.

Points are counted exactly, line by line and rule by rule; the sum is rounded by the programme's rule (down,
half up, up; so many decimals). What each rule contributed is read off the rounded running sums, what each
line earned is the rounded sum shared by largest remainder: both add up to the points of the sale.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from crm_app.crm_membership.domain.conditions import ALWAYS, Conditions, is_birthday
from crm_app.crm_membership.domain.earned import Earned, LineEarned, Sale
from crm_app.crm_membership.domain.sharing import share_decimal
from crm_app.utils.money import ZERO, round_money, to_decimal

CALENDAR_MONTH, CALENDAR_YEAR, EVER = "Calendar Month", "Calendar Year", "Ever"
PER_AMOUNT, MULTIPLIER, FIXED = "Points per Unit of Money", "Multiplier", "Fixed Points"
BASKET, LINES = "Whole Basket", "Matching Lines"
ADDS, BEST, STOPS = "Adds to Others", "Best One Wins", "Ends the List"
ROUNDINGS = {"Down": ROUND_FLOOR, "Half Up": ROUND_HALF_UP, "Up": ROUND_CEILING}
PLACES = 4  # of the amounts of a sale
BASE = ""  # the name under which the base rate stands among the rules
EXACT = 12  # decimals to which a capped or fixed number of points is shared over lines


@dataclass(frozen=True, slots=True)
class EarnRule:
	"""`order`: smaller first. Caps: 0 is none; `cap_period` is per customer and `period`."""

	name: str
	effect: str
	value: Decimal
	order: int = 0
	conditions: Conditions = ALWAYS
	minimum: Decimal = ZERO
	birthday: str = ""
	segment: str = ""
	campaign: str = ""
	scope: str = BASKET
	combining: str = ADDS
	cap_sale: Decimal = ZERO
	cap_day: Decimal = ZERO
	cap_period: Decimal = ZERO
	period: str = CALENDAR_MONTH


@dataclass(frozen=True, slots=True)
class MemberFacts:
	"""The segments that the customer is in and the campaigns that run on the day, as far as rules ask."""

	birthday: date | None = None
	segments: frozenset[str] = frozenset()
	campaigns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EarnPlan:
	"""Base rate in points per unit of money, and how the sum is rounded."""

	rate: Decimal
	rounding: str = "Down"
	decimals: int = 0


@dataclass(frozen=True, slots=True)
class Used:
	"""What a rule has given the customer already, today and in its period."""

	day: Decimal = ZERO
	period: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Grant:
	"""Points of one rule by line; before rounding."""

	rule: str
	by_line: tuple[Decimal, ...]

	@property
	def points(self) -> Decimal:
		return sum(self.by_line, ZERO)


def evaluate(
	sale: Sale,
	facts: MemberFacts,
	plan: EarnPlan,
	rules: Iterable[EarnRule],
	used: Mapping[str, Used] | None = None,
) -> Earned:
	"""Points of `sale` by line and by rule. Who earns nothing by a rule is not named for it."""
	amounts = earning_amounts(sale)
	base = Grant(BASE, tuple(amount * plan.rate for amount in amounts))
	grants = [base, *_granted(sale, facts, amounts, base, rules, used or {})]
	return _rounded(sale, plan, _never_below_zero(grants))


def period_start(rule: EarnRule, day: date) -> date:
	"""The first day of the period in which `day` lies; equal for days of the same period."""
	if not rule.cap_period:
		return day
	if rule.period == EVER:
		return date(1900, 1, 1)
	return day.replace(day=1) if rule.period == CALENDAR_MONTH else day.replace(month=1, day=1)


def limited(rules: Iterable[EarnRule]) -> dict[str, EarnRule]:
	"""Those with a limit per customer."""
	return {rule.name: rule for rule in rules if rule.cap_day or rule.cap_period}


def add_up_used(
	rules: Mapping[str, EarnRule], given: Iterable[tuple[date, Iterable]], day: date
) -> dict[str, Used]:
	"""`given`: (day, [(rule, points)]) of one customer's sales; of them what counts against `day`'s
	limits."""
	spent = {name: [ZERO, ZERO] for name in rules}
	for posted, because in given:
		for name, points in because:
			if name in rules and period_start(rules[name], posted) == period_start(rules[name], day):
				spent[name][1] += to_decimal(points)
				spent[name][0] += to_decimal(points) if posted == day else ZERO
	return {name: Used(*sums) for name, sums in spent.items()}


def earning_amounts(sale: Sale) -> list[Decimal]:
	"""What of each line earns points: its amount less its part of what earns nothing."""
	weights = [line.amount for line in sale.lines]
	apart = round_money(min(sale.not_earning, sale.amount), PLACES)
	parts = share_decimal(apart, weights, PLACES, _ties(sale))
	return [line.amount - part for line, part in zip(sale.lines, parts, strict=True)]


def _granted(sale, facts, amounts, base: Grant, rules, used) -> list[Grant]:
	"""Grants of the rules that apply, in order, ended by one that stops; of the rivals only the best."""
	found = []
	for rule in sorted(rules, key=lambda rule: (rule.order, rule.name)):
		if not applies(rule, sale, facts):
			continue
		grant = _grant_of(rule, sale, amounts, base)
		grant = grant and _capped(rule, grant, used.get(rule.name, Used()), _ties(sale))
		if grant and any(grant.by_line):
			found.append((rule, grant))
			if rule.combining == STOPS:
				break
	rivals = [grant for rule, grant in found if rule.combining == BEST]
	best = max(rivals, key=lambda grant: grant.points) if rivals else None
	return [grant for rule, grant in found if rule.combining != BEST or grant is best]


def applies(rule: EarnRule, sale: Sale, facts: MemberFacts) -> bool:
	"""Everything but the amounts."""
	when, day = rule.conditions, sale.posting_date
	return (
		when.has_begun(day)
		and not when.has_ended(day)
		and when.fits_weekday(day)
		and when.fits_hour(sale.posting_time)
		and when.fits_store(sale.store)
		and when.fits_channel(sale.channel)
		and when.fits_tier(sale.tier)
		and (not rule.birthday or is_birthday(facts.birthday, day, rule.birthday))
		and (not rule.segment or rule.segment in facts.segments)
		and (not rule.campaign or rule.campaign in facts.campaigns)
	)


def _grant_of(rule: EarnRule, sale: Sale, amounts: Sequence[Decimal], base: Grant) -> Grant | None:
	"""None where the basket has nothing that the rule is about, or too little of it."""
	matching = [rule.conditions.fits_line(line) for line in sale.lines]
	scope = matching if rule.scope == LINES else [any(matching)] * len(amounts)
	counted = [amount if counts else ZERO for amount, counts in zip(amounts, scope, strict=True)]
	if sum(counted, ZERO) <= 0 or sum(counted, ZERO) < rule.minimum:
		return None
	if rule.effect == FIXED:
		return Grant(rule.name, tuple(share_decimal(rule.value, counted, EXACT, _ties(sale))))
	if rule.effect == PER_AMOUNT:
		return Grant(rule.name, tuple(amount * rule.value for amount in counted))
	extra = rule.value - 1
	of_base = zip(base.by_line, scope, strict=True)
	return Grant(rule.name, tuple(points * extra if counts else ZERO for points, counts in of_base))


def _capped(rule: EarnRule, grant: Grant, used: Used, ties: Sequence) -> Grant | None:
	left = [rule.cap_sale] if rule.cap_sale else []
	left += [rule.cap_day - used.day] if rule.cap_day else []
	left += [rule.cap_period - used.period] if rule.cap_period else []
	if not left or grant.points <= min(left):
		return grant
	if min(left) <= 0:
		return None
	return Grant(rule.name, tuple(share_decimal(min(left), grant.by_line, EXACT, ties)))


def _never_below_zero(grants: list[Grant]) -> list[Grant]:
	"""Multipliers below 1 take away, but never more than the rules before them gave for the line."""
	held = [ZERO] * len(grants[0].by_line)
	kept = []
	for grant in grants:
		by_line = tuple(max(points, -have) for points, have in zip(grant.by_line, held, strict=True))
		held = [have + points for have, points in zip(held, by_line, strict=True)]
		kept.append(Grant(grant.rule, by_line))
	return kept


def _rounded(sale: Sale, plan: EarnPlan, grants: list[Grant]) -> Earned:
	running, rounded_before, because = ZERO, ZERO, []
	for grant in grants:
		running += grant.points
		rounded = round_points(running, plan)
		if rounded != rounded_before:
			because.append((grant.rule, rounded - rounded_before))
		rounded_before = rounded
	weights = [sum(points, ZERO) for points in zip(*(grant.by_line for grant in grants), strict=True)]
	by_line = share_decimal(rounded_before, weights, plan.decimals, _ties(sale))
	credit = round_money(sale.amount)
	credits = share_decimal(credit, [line.amount for line in sale.lines], 2, _ties(sale))
	names = [line.detail for line in sale.lines]
	lines = tuple(map(LineEarned, names, by_line, credits))
	return Earned(rounded_before, credit, lines, tuple(because))


def round_points(points: Decimal, plan: EarnPlan) -> Decimal:
	return points.quantize(Decimal(1).scaleb(-plan.decimals), rounding=ROUNDINGS[plan.rounding])


def _ties(sale: Sale) -> list[tuple]:
	"""By what a line is, not by its place."""
	return [(str(line.item_code), str(line.category), line.qty, line.amount) for line in sale.lines]
