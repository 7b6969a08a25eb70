"""Sharing exact amounts: stored value over principal and bonus, a total over lines, a part of a whole."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from crm_app.crm_membership.domain.kinds import BONUS_FIRST, PRINCIPAL_FIRST
from crm_app.utils.money import ZERO, to_decimal


def split_value(amount: Decimal, principal: Decimal, bonus: Decimal, order: str) -> tuple[Decimal, Decimal]:
	"""How much of `amount` comes from principal and from bonus; principal bears what exceeds both."""
	if order == BONUS_FIRST:
		part = min(amount, bonus)
	elif order == PRINCIPAL_FIRST:
		part = min(max(amount - principal, ZERO), bonus)
	else:
		share = share_of(bonus, amount, principal + bonus, 2)
		part = min(max(share, min(amount - principal, bonus)), bonus)
	return amount - part, part


def share_of(total: Decimal, part, whole, decimals: int) -> Decimal:
	"""`total` x part / whole, rounded down; all of it when the part is the whole (or the whole is 0)."""
	part, whole = to_decimal(part), to_decimal(whole)
	if part >= whole:
		return total
	return (total * part / whole).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_DOWN)


def spread(total: Decimal, weights: Sequence, decimals: int) -> list[Decimal]:
	"""`total` over lines in proportion to `weights` (>= 0), exact to the last digit.

	Largest remainder; equal weights that are all 0 leave everything on the first line.
	"""
	weights = [max(to_decimal(weight), ZERO) for weight in weights]
	whole = sum(weights, ZERO)
	if not weights or not whole:
		return [total, *[ZERO] * (len(weights) - 1)] if weights else []
	step = Decimal(1).scaleb(-decimals)
	exact = [total * weight / whole for weight in weights]
	parts = [value.quantize(step, rounding=ROUND_DOWN) for value in exact]
	missing = int((total - sum(parts, ZERO)) / step)
	order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
	for index in order[:missing]:
		parts[index] += step
	return parts
