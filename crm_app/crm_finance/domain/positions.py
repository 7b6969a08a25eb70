"""The position of a budget line and the verdict on charging it. All amounts are exact decimals."""

from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal("0")
OK, WARN, STOP = "OK", "Warn", "Stop"


@dataclass(frozen=True)
class Position:
	budget: Decimal = ZERO
	reserved: Decimal = ZERO
	committed: Decimal = ZERO
	spent: Decimal = ZERO

	@property
	def used(self) -> Decimal:
		return self.reserved + self.committed + self.spent

	@property
	def available(self) -> Decimal:
		return self.budget - self.used

	def __add__(self, other: "Position") -> "Position":
		return Position(*(getattr(self, key) + getattr(other, key) for key in self.__dataclass_fields__))


def room_for(position: Position, held: Decimal, amount: Decimal) -> Decimal:
	"""What would be left after charging `amount`, of which the same document already reserves `held`.

	A reservation is a promise: up to `held` the charge competes with what is committed and spent only; what
	goes beyond it also competes with the reservations of others.
	"""
	if amount <= held:
		return position.budget - position.committed - position.spent - amount
	return position.available + held - amount


def verdict(position: Position, held: Decimal, amount: Decimal, control: str) -> str:
	"""OK, Warn or Stop; `control` is the line's Stop, Warn or Ignore."""
	if amount <= ZERO or room_for(position, held, amount) >= ZERO or control == "Ignore":
		return OK
	return WARN if control == "Warn" else STOP
