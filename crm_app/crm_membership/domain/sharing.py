"""Sharing out whole units (cents, points) so that the parts add up to the last unit."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm


def share(total: int, weights: Sequence, ties: Sequence = ()) -> list[int]:
	"""`total` over `weights` (none negative) by largest remainder; all of it, whatever the weights.

	`ties` decide where two remainders are equal: contents of the lines rather than their places, so that the
	order of lines never matters. No weight at all: the first in that order takes everything.
	"""
	if not weights or not total:
		return [0] * len(weights)
	order = ties or [0] * len(weights)
	scaled = _as_integers(weights)
	whole = sum(scaled)
	if not whole:
		first = min(range(len(weights)), key=lambda i: (order[i], i))
		return [total if i == first else 0 for i in range(len(weights))]
	parts, remainders = zip(*(divmod(total * weight, whole) for weight in scaled), strict=True)
	parts = list(parts)
	if missing := total - sum(parts):
		late = sorted(range(len(parts)), key=lambda i: (-remainders[i], order[i], i))
		for i in late[:missing]:
			parts[i] += 1
	return parts


def _as_integers(weights: Sequence) -> Sequence[int]:
	"""The same proportions in whole numbers."""
	if all(type(weight) is int for weight in weights):
		return weights
	ratios = [weight.as_integer_ratio() for weight in weights]
	common = lcm(*(bottom for _top, bottom in ratios))
	return [top * (common // bottom) for top, bottom in ratios]


def share_decimal(total: Decimal, weights: Sequence, places: int, ties: Sequence = ()) -> list[Decimal]:
	"""The same for an amount with at most `places` decimals."""
	units = share(to_units(total, places), weights, ties)
	return [from_units(unit, places) for unit in units]


def to_units(amount: Decimal, places: int) -> int:
	"""`amount` in units of its last place. Raises ValueError where that would lose something."""
	units = amount.scaleb(places)
	if units != units.to_integral_value():
		raise ValueError(f"{amount} has more than {places} decimals")
	return int(units)


def from_units(units: int, places: int) -> Decimal:
	return Decimal(units).scaleb(-places)


def half_up(value: Fraction) -> int:
	"""Nearest integer of what is not negative, a half upwards."""
	return (value + Fraction(1, 2)).__floor__()
