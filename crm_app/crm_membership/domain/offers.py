"""Top-up offers: pay 500, get 50."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Offer:
	name: str
	pay_amount: Decimal
	bonus_amount: Decimal
	repeats: bool = False
	bonus_valid_months: int = 0
	starts_on: date | None = None
	ends_on: date | None = None

	def holds(self, amount: Decimal, day: date) -> bool:
		started = not self.starts_on or self.starts_on <= day
		return started and not (self.ends_on and self.ends_on < day) and amount >= self.pay_amount

	def bonus_for(self, amount: Decimal) -> Decimal:
		times = amount // self.pay_amount if self.repeats and self.pay_amount else 1
		return self.bonus_amount * times


def best_offer(offers: Iterable[Offer], amount: Decimal, day: date) -> Offer | None:
	"""The one with the highest bonus; of several thresholds passed at once only that one counts."""
	holding = [offer for offer in offers if offer.holds(amount, day)]
	return max(holding, key=lambda offer: (offer.bonus_for(amount), offer.name), default=None)
