"""What a rule would have given on past sales, month by month. Sales come customer by customer."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from crm_app.crm_membership.domain import earning
from crm_app.crm_membership.domain.earned import Sale
from crm_app.crm_membership.domain.earning import EarnPlan, EarnRule, MemberFacts
from crm_app.utils.money import ZERO


@dataclass(slots=True)
class Month:
	"""`hit`: sales to which the rule gives points; `granted`: what was really given, by whatever rules."""

	sales: int = 0
	hit: int = 0
	customers: int = 0
	by_rule: Decimal = ZERO
	with_rule: Decimal = ZERO
	granted: Decimal = ZERO


@dataclass
class Preview:
	"""Counts sale by sale; keeps months and the one customer who is being counted, nothing more."""

	rule: str
	rules: tuple[EarnRule, ...]
	months: dict[str, Month] = field(default_factory=dict)
	customers: int = 0
	_customer: str | None = None
	_given: list[tuple[date, Iterable]] = field(default_factory=list)
	_seen: set[str] = field(default_factory=set)

	def add(self, sale: Sale, facts: MemberFacts, plan: EarnPlan, granted: Decimal) -> None:
		"""Sales of one customer must follow each other, in the order of their days."""
		if sale.customer != self._customer:
			self._customer, self._given, self._seen = sale.customer, [], set()
		used = earning.add_up_used(earning.limited(self.rules), self._given, sale.posting_date)
		earned = earning.evaluate(sale, facts, plan, self.rules, used)
		self._given.append((sale.posting_date, earned.because))
		month = self.months.setdefault(f"{sale.posting_date:%Y-%m}", Month())
		month.sales += 1
		month.with_rule += earned.points
		month.granted += granted
		points = dict(earned.because).get(self.rule)
		if points:
			month.hit += 1
			month.by_rule += points
			self._count_customer(f"{sale.posting_date:%Y-%m}")

	def _count_customer(self, month: str) -> None:
		self.customers += not self._seen
		if month not in self._seen:
			self._seen.add(month)
			self.months[month].customers += 1
