"""How much a return takes back of what its sale earned: exact to the point, the last one takes the rest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from crm_app.crm_membership.domain.splitting import share_of
from crm_app.crm_sales.domain.returns import Moved, by_item
from crm_app.utils.money import ZERO, to_decimal

KEYS = ("points", "tier_credit")
Line = Mapping[str, str | float | Decimal | None]


@dataclass(frozen=True, slots=True)
class Back:
	item_code: str
	moved: Moved
	points: Decimal
	tier_credit: Decimal

	def as_line(self) -> dict:
		return {
			"item_code": self.item_code,
			"qty": str(self.moved.qty),
			"amount": str(self.moved.amount),
			"points": str(self.points),
			"tier_credit": str(self.tier_credit),
		}


def take_back(
	earned: Iterable[Line], before: Iterable[Line], now: Mapping[str, Moved], decimals: Mapping[str, int]
) -> list[Back]:
	"""For each item of the return. `earned`: the sale's lines; `before`: lines of earlier returns (positive).

	The share follows the money that came back so far, not the last step alone: three thirds make a whole.
	"""
	sold, gained = by_item(earned), _sums(earned)
	returned, taken = by_item(before), _sums(before)
	found = []
	for item, moved in now.items():
		if item not in sold:
			continue
		so_far = returned.get(item, Moved()) + moved
		parts = {
			key: _share(gained[item][key], so_far, sold[item], decimals[key])
			- taken.get(item, {}).get(key, ZERO)
			for key in KEYS
		}
		found.append(Back(item, moved, *(max(parts[key], ZERO) for key in KEYS)))
	return found


def _share(gained: Decimal, so_far: Moved, sold: Moved, decimals: int) -> Decimal:
	if so_far.qty >= sold.qty:
		return gained
	if sold.amount:
		return share_of(gained, so_far.amount, sold.amount, decimals)
	return share_of(gained, so_far.qty, sold.qty, decimals)


def _sums(lines: Iterable[Line]) -> dict[str, dict[str, Decimal]]:
	sums: dict[str, dict[str, Decimal]] = {}
	for line in lines:
		mine = sums.setdefault(line["item_code"], dict.fromkeys(KEYS, ZERO))
		for key in KEYS:
			mine[key] += to_decimal(line[key])
	return sums
