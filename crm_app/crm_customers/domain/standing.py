"""Grade and lifecycle stage of a customer, decided from what they bought."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from crm_app.utils.money import ZERO
from crm_app.utils.rules import _

HALF_YEAR = timedelta(days=182)


@dataclass(frozen=True)
class GradeRules:
	"""0 switches a threshold off."""

	vip_amount: Decimal = ZERO
	vip_orders: int = 0
	potential_amount: Decimal = ZERO


@dataclass(frozen=True)
class StageRules:
	growth_orders: int = 3
	mature_orders: int = 8
	mature_days: int = 365
	decline_days: int = 180
	decline_percent: float = 60
	terminated_days: int = 730


@dataclass(frozen=True)
class PurchaseFacts:
	"""A customer's purchases on `as_of`; amounts are net of returns.

	`window_*` cover the look-back of the grade rules, `recent_amount` the last half year and `earlier_amount`
	the half year before it.
	"""

	as_of: date
	first_on: date | None = None
	last_on: date | None = None
	orders: int = 0
	window_orders: int = 0
	window_amount: Decimal = ZERO
	recent_amount: Decimal = ZERO
	earlier_amount: Decimal = ZERO

	@property
	def silent_days(self) -> int:
		return (self.as_of - self.last_on).days if self.last_on else 0

	@property
	def known_days(self) -> int:
		return (self.as_of - self.first_on).days if self.first_on else 0


@dataclass(frozen=True)
class Decision:
	"""What a rule decides and why: `reason` is a template for `values`."""

	value: str
	reason: str
	values: tuple = field(default=())


def decide_grade(facts: PurchaseFacts, rules: GradeRules) -> Decision:
	if rules.vip_amount and facts.window_amount >= rules.vip_amount:
		return Decision("VIP", _("Bought for {0}, VIP from {1}"), (facts.window_amount, rules.vip_amount))
	if rules.vip_orders and facts.window_orders >= rules.vip_orders:
		return Decision("VIP", _("{0} orders, VIP from {1}"), (facts.window_orders, rules.vip_orders))
	if rules.potential_amount and facts.window_amount >= rules.potential_amount:
		values = (facts.window_amount, rules.potential_amount)
		return Decision("Potential", _("Bought for {0}, potential from {1}"), values)
	return Decision("Ordinary", _("Bought for {0}"), (facts.window_amount,))


def decide_stage(facts: PurchaseFacts, rules: StageRules) -> Decision:
	if not facts.orders:
		return Decision("Potential", _("No purchase yet"))
	if rules.terminated_days and facts.silent_days >= rules.terminated_days:
		return Decision("Terminated", _("No purchase for {0} days"), (facts.silent_days,))
	if rules.decline_days and facts.silent_days >= rules.decline_days:
		return Decision("Decline", _("No purchase for {0} days"), (facts.silent_days,))
	if facts.orders >= rules.growth_orders and _falls(facts, rules):
		values = (facts.earlier_amount, facts.recent_amount)
		return Decision("Decline", _("Half-year revenue fell from {0} to {1}"), values)
	return _rising_stage(facts, rules)


def _rising_stage(facts: PurchaseFacts, rules: StageRules) -> Decision:
	values = (facts.orders, facts.known_days)
	if facts.orders >= rules.mature_orders and facts.known_days >= rules.mature_days:
		return Decision("Mature", _("{0} orders in {1} days"), values)
	if facts.orders >= rules.growth_orders:
		return Decision("Growth", _("{0} orders in {1} days"), values)
	return Decision("Development", _("First purchase on {0}"), (facts.first_on,))


def _falls(facts: PurchaseFacts, rules: StageRules) -> bool:
	"""Both half years must lie after the first purchase, else every young customer would seem to rise."""
	if not rules.decline_percent or facts.as_of - facts.first_on < 2 * HALF_YEAR:
		return False
	kept = 1 - Decimal(str(rules.decline_percent)) / 100
	return facts.earlier_amount > 0 and facts.recent_amount <= facts.earlier_amount * kept
