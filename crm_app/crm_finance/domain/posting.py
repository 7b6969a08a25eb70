"""From what is posted for a document to what should be: the ledger rows in between."""

from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal("0")
# Category of the request -> the bucket that its amount sits in.
BUCKETS = {"Pending": "reserved", "Approved": "committed", "Reimbursed": "spent"}
KINDS = {"reserved": "Reserve", "committed": "Commit", "spent": "Spend"}
RELEASE = "Release"


@dataclass(frozen=True)
class Holding:
	"""What one line of a document holds on one budget line."""

	reserved: Decimal = ZERO
	committed: Decimal = ZERO
	spent: Decimal = ZERO

	def minus(self, other: "Holding") -> "Holding":
		return Holding(
			self.reserved - other.reserved, self.committed - other.committed, self.spent - other.spent
		)

	def plus(self, other: "Holding") -> "Holding":
		return self.minus(Holding().minus(other))

	@property
	def is_nothing(self) -> bool:
		return not (self.reserved or self.committed or self.spent)


def wanted(category: str, amount: Decimal, reimbursed: Decimal) -> Holding:
	"""What a request line should hold in a status category; outside the three buckets nothing."""
	bucket = BUCKETS.get(category)
	if not bucket:
		return Holding()
	return Holding(**{bucket: reimbursed if bucket == "spent" else amount})


def kind_of(change: Holding) -> str:
	"""The name of a change: what grows names it; where nothing grows something is released."""
	for bucket in ("spent", "committed", "reserved"):
		if getattr(change, bucket) > ZERO:
			return KINDS[bucket]
	return RELEASE


def amount_of(change: Holding) -> Decimal:
	"""The size of the change as people name it: what grew, or what was given back."""
	grown = [value for value in vars(change).values() if value > ZERO]
	return max(grown) if grown else -sum(vars(change).values(), ZERO)
