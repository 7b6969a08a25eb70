from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Outcome:
	"""What a call did: the data of its answer (plain JSON values) and what its Till Call row names."""

	data: dict
	sale: str | None = None
	customer: str | None = None
	card: str | None = None
	amount: Decimal = Decimal(0)
