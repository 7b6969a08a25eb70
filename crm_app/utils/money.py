"""Exact money: every sum and comparison of amounts goes through Decimal."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

ZERO = Decimal("0")


def to_decimal(value) -> Decimal:
	"""The decimal that `value` shows; None and "" are 0.

	Floats come from the database driver with at most 9 decimals, so their shortest text is the stored amount.
	Raises ValueError for text that is no finite number.
	"""
	if value is None or value == "":
		return ZERO
	try:
		number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
	except InvalidOperation:
		raise ValueError(f"not a number: {value!r}") from None
	if not number.is_finite():
		raise ValueError(f"not a finite number: {value!r}")
	return number


def round_money(value, places: int = 2) -> Decimal:
	"""Half up, as invoices do; `places` digits after the point."""
	return to_decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def total(values) -> Decimal:
	return sum((to_decimal(value) for value in values), ZERO)
