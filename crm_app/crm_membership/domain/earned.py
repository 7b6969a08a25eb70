"""A sale as the earning rules see it, and what it earned; plain values."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal

from crm_app.utils.money import ZERO


@dataclass(frozen=True, slots=True)
class SaleLine:
	"""`detail` names the line within its sale; `amount` is what the customer pays for it."""

	detail: str
	item_code: str
	category: str | None
	qty: Decimal
	amount: Decimal


@dataclass(frozen=True, slots=True)
class Sale:
	card: str
	customer: str
	programme: str
	tier: str | None
	store: str | None
	channel: str | None
	posting_date: date
	posting_time: time | timedelta | None
	currency: str | None
	lines: tuple[SaleLine, ...]
	not_earning: Decimal = ZERO  # paid with points: earns no points; tier credit counts the full amount

	@property
	def amount(self) -> Decimal:
		return sum((line.amount for line in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class LineEarned:
	detail: str
	points: Decimal
	tier_credit: Decimal


@dataclass(frozen=True, slots=True)
class Earned:
	"""sum(lines) is exactly the total; `because`: (rule, points), "" for the programme's base rate."""

	points: Decimal = ZERO
	tier_credit: Decimal = ZERO
	lines: tuple[LineEarned, ...] = ()
	because: tuple[tuple[str, Decimal], ...] = field(default=())
