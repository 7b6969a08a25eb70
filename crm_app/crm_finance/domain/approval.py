"""Who has to approve an amount."""

from collections.abc import Iterable
from decimal import Decimal


def approval_tier(total: Decimal, head_limit: Decimal, finance_limit: Decimal) -> int:
	"""1 is the department head alone, 2 finance too, 3 the general manager too; limits are inclusive."""
	if total <= head_limit:
		return 1
	return 2 if total <= max(head_limit, finance_limit) else 3


def first_other(candidates: Iterable[str | None], requesters: set[str]) -> str | None:
	"""The first approver in line who is not one of the requesters."""
	return next((user for user in candidates if user and user not in requesters), None)
