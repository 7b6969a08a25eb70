"""How much of a sale may still come back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from crm_app.utils.money import ZERO, to_decimal
from crm_app.utils.rules import RuleError, _


@dataclass(frozen=True, slots=True)
class Moved:
	"""Quantity and amount of one item, both positive."""

	qty: Decimal = ZERO
	amount: Decimal = ZERO

	def __add__(self, other: "Moved") -> "Moved":
		return Moved(self.qty + other.qty, self.amount + other.amount)


def by_item(lines: Iterable[Mapping]) -> dict[str, Moved]:
	"""Lines (item_code, qty, amount; either sign) summed per item."""
	found: dict[str, Moved] = {}
	for line in lines:
		moved = Moved(abs(to_decimal(line["qty"])), abs(to_decimal(line["amount"])))
		found[line["item_code"]] = found.get(line["item_code"], Moved()) + moved
	return found


def returnable(sold: Mapping[str, Moved], returned: Mapping[str, Moved]) -> dict[str, Moved]:
	"""What is left of each item sold."""
	nothing = Moved()
	return {
		item: Moved(
			moved.qty - returned.get(item, nothing).qty, moved.amount - returned.get(item, nothing).amount
		)
		for item, moved in sold.items()
	}


def spread(total: Decimal, capacities: Iterable) -> list[Decimal]:
	"""`total` over lines that hold at most `capacities`, first line first."""
	parts = []
	for capacity in capacities:
		part = min(total, to_decimal(capacity))
		parts.append(part)
		total -= part
	return parts


def check_return(
	sold: Mapping[str, Moved], returned: Mapping[str, Moved], wanted: Mapping[str, Moved]
) -> None:
	"""Raises RuleError where `wanted` exceeds, in quantity or money, what was sold and has not come back."""
	left = returnable(sold, returned)
	for item, moved in wanted.items():
		if item not in left:
			raise RuleError(_("{0} was not part of the sale."), item, field="items")
		if moved.qty > left[item].qty:
			raise RuleError(
				_("{0}: {1} cannot be returned, {2} of {3} sold are left."),
				item, _plain(moved.qty), _plain(left[item].qty), _plain(sold[item].qty), field="items",
			)  # fmt: skip
		if moved.amount > left[item].amount:
			raise RuleError(
				_("{0}: {1} cannot be refunded, {2} of what was paid is left."),
				item, _plain(moved.amount), _plain(left[item].amount), field="items",
			)  # fmt: skip


def _plain(number: Decimal) -> str:
	return f"{number.normalize():f}"
