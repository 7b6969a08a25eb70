"""What one coupon takes off, line by line, in whole cents."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from crm_app.crm_membership.domain.coupon_rules import AMOUNT, FREE_ITEM, PERCENT, Terms
from crm_app.crm_membership.domain.sharing import half_up, share, to_units


def percent_off(percent: Decimal, left: Sequence[int], ties: Sequence, most: int = 0) -> list[int]:
	"""`percent` of the sum of `left`, half up, at most `most` (0: no limit), shared over the lines."""
	top, bottom = percent.as_integer_ratio()
	off = (2 * top * sum(left) + 100 * bottom) // (200 * bottom)  # half up
	off = min(off, sum(left), most or off)
	return share(off, left, ties)


def coupon_off(terms: Terms, lines: Sequence, left: Sequence[int], ties: Sequence, places: int) -> list[int]:
	"""Cents that the coupon takes off each line, of which `left` is still to be paid; never more than
	that."""
	counted = [
		cents if terms.conditions.fits_line(line) else 0 for line, cents in zip(lines, left, strict=True)
	]
	if terms.kind == PERCENT:
		return percent_off(terms.value, counted, ties, to_units(terms.most, places))
	if terms.kind == AMOUNT:
		return share(min(to_units(terms.value, places), sum(counted)), counted, ties)
	price = 0 if terms.kind == FREE_ITEM else to_units(terms.value, places)
	return _down_to_price(price, terms.units, lines, counted, ties)


def _down_to_price(price: int, units: Decimal, lines, left: Sequence[int], ties: Sequence) -> list[int]:
	"""The dearest matching units, at most `units` of them (0: all), cost `price` each."""
	each = [Fraction(cents) / Fraction(line.qty) for line, cents in zip(lines, left, strict=True)]
	off, remaining = [0] * len(left), Fraction(units)
	for i in sorted(range(len(left)), key=lambda i: (-each[i], ties[i], i)):
		taken = min(Fraction(lines[i].qty), remaining) if units else Fraction(lines[i].qty)
		remaining -= taken if units else 0
		off[i] = min(left[i], half_up(max(Fraction(0), (each[i] - price) * taken)))
	return off
