"""Splitting exact amounts in two: stored value into principal and bonus, a part from its whole.

Over many lines: sharing.share_decimal.
"""

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
