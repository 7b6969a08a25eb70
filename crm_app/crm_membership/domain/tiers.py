"""Which tier a member has: entry and stay conditions over a qualifying period, without a database.

What counts are purchases less their returns and the number of purchases. Points that were spent count
nothing, neither up nor down.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from crm_app.utils.money import ZERO
from crm_app.utils.rules import RuleError, _

ROLLING, CALENDAR = "Rolling Months", "Calendar Year"
UP, DOWN, KEEP = "Up", "Down", "Keep"


@dataclass(frozen=True, slots=True)
class Tier:
	name: str
	level: int
	entry_amount: Decimal = ZERO
	stay_amount: Decimal = ZERO
	entry_visits: int = 0
	stay_visits: int = 0
	is_bought: bool = False

	@property
	def is_earned(self) -> bool:
		"""Reached by purchases; others are bought, given by hand, or where everybody begins."""
		return not self.is_bought and bool(self.entry_amount or self.entry_visits)

	def is_reached(self, done: "Done") -> bool:
		return self.is_earned and done.amount >= self.entry_amount and done.visits >= self.entry_visits

	def is_kept(self, done: "Done") -> bool:
		return done.amount >= self.stay_amount and done.visits >= self.stay_visits


@dataclass(frozen=True, slots=True)
class Done:
	"""What a member did in a period."""

	amount: Decimal = ZERO
	visits: int = 0


@dataclass(frozen=True, slots=True)
class Period:
	start: date
	end: date


@dataclass(frozen=True, slots=True)
class Plan:
	"""The tiers of a programme from the lowest up, and the time in which they are reached and kept."""

	tiers: tuple[Tier, ...]
	period: str = ROLLING
	months: int = 12

	@classmethod
	def of(cls, tiers: Iterable[Tier], period: str = ROLLING, months: int = 12) -> "Plan":
		return cls(tuple(sorted(tiers, key=lambda tier: tier.level)), period or ROLLING, months or 12)

	@property
	def lowest(self) -> Tier:
		return self.tiers[0]

	def get(self, name: str | None) -> Tier:
		"""The tier of that name; an unknown one counts as the lowest."""
		return next((tier for tier in self.tiers if tier.name == name), self.lowest)

	def next_above(self, tier: Tier) -> Tier | None:
		"""The easiest tier above that purchases reach."""
		return next((other for other in self.tiers if other.level > tier.level and other.is_earned), None)

	def raised(self, current: Tier, done: Done) -> Tier:
		"""The highest tier whose entry condition is passed, never below `current`."""
		reached = [tier for tier in self.tiers if tier.level > current.level and tier.is_reached(done)]
		return reached[-1] if reached else current

	def lowered(self, current: Tier, done: Done) -> Tier:
		"""The highest tier below `current` that what was done keeps; nobody falls onto a bought one."""
		kept = [
			tier
			for tier in self.tiers
			if tier.level < current.level and tier.is_earned and tier.is_kept(done)
		]
		return kept[-1] if kept else self.lowest

	def entry_period(self, day: date) -> Period:
		"""What counts on `day` for reaching a tier."""
		if self.period == CALENDAR:
			return Period(date(day.year, 1, 1), day)
		return Period(add_months(day, -self.months) + timedelta(days=1), day)

	def stay_period(self, day: date) -> Period:
		"""What counts for keeping one: with calendar years the last one that is complete."""
		if self.period == CALENDAR:
			year = day.year if (day.month, day.day) == (12, 31) else day.year - 1
			return Period(date(year, 1, 1), date(year, 12, 31))
		return self.entry_period(day)

	def valid_until(self, tier: Tier, day: date) -> date | None:
		"""How long a tier that is reached or kept on `day` is safe; the lowest one needs no end."""
		if tier.name == self.lowest.name:
			return None
		return date(day.year + 1, 12, 31) if self.period == CALENDAR else add_months(day, self.months)


@dataclass(frozen=True, slots=True)
class Verdict:
	action: str
	tier: Tier
	done: Done  # the figures that decided


def review(plan: Plan, current: Tier, is_due: bool, entry: Done, stay: Done) -> Verdict | None:
	"""What becomes of a tier at the end of a period; None: nothing. `is_due`: its safe time is over."""
	raised = plan.raised(current, entry)
	if raised != current:
		return Verdict(UP, raised, entry)
	if not is_due or current == plan.lowest or current.is_bought:
		return None
	if current.is_kept(stay):
		return Verdict(KEEP, current, stay)
	return Verdict(DOWN, plan.lowered(current, stay), stay)


def add_months(day: date, months: int) -> date:
	"""The same day some months on, or the last day of that month."""
	month = day.year * 12 + day.month - 1 + months
	year, month = divmod(month, 12)
	return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_period_end(plan: Plan, today: date) -> date:
	"""The day on which the last period that is complete ended: of the month, or of the year."""
	if plan.period == CALENDAR:
		return date(today.year - 1, 12, 31)
	return today.replace(day=1) - timedelta(days=1)


def check_credit_life(plan: Plan, credit_months: int) -> None:
	"""Tier credit has to live as long as the period in which it counts. 0: for ever."""
	needed = 12 if plan.period == CALENDAR else plan.months
	if credit_months and credit_months < needed:
		raise RuleError(
			_("Tier credit that is valid for {0} months cannot count over {1} months."), credit_months, needed
		)
