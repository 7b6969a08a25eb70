"""What a return from a till refunds: of which goods, and how much of it in points, stored value and money."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_UP, Decimal

from crm_app.crm_membership.domain import errors
from crm_app.crm_membership.domain.errors import Refused
from crm_app.crm_membership.domain.splitting import share_of
from crm_app.crm_sales.domain.returns import Moved
from crm_app.utils.money import ZERO, round_money

STEP = Decimal("0.0001")  # the smallest rate


@dataclass(frozen=True, slots=True)
class Paid:
	"""What a sale was paid with in one kind: `spent` units, `given` back before, money a unit stood for."""

	kind: str
	spent: Decimal
	given: Decimal
	worth: Decimal
	decimals: int


def goods_back(
	wanted: Mapping[str, Decimal], sold: Mapping[str, Moved], returned: Mapping[str, Moved]
) -> dict[str, Moved]:
	"""Quantity and money of each item; the last of an item brings the rest. Raises Refused."""
	found = {}
	for item, qty in wanted.items():
		if item not in sold:
			raise Refused(errors.ITEM_NOT_SOLD, item, field="items")
		all_of, before = sold[item], returned.get(item, Moved())
		if before.qty + qty > all_of.qty:
			raise Refused(errors.RETURN_TOO_MUCH, item, _plain(all_of.qty - before.qty), field="items")
		so_far = share_of(all_of.amount, before.qty + qty, all_of.qty, 2)
		found[item] = Moved(qty, max(so_far - before.amount, ZERO))
	return found


def rate_and_discount(moved: Moved) -> tuple[Decimal, Decimal]:
	"""A line of a return that comes to exactly the money that is refunded."""
	rate = (moved.amount / moved.qty).quantize(STEP, rounding=ROUND_UP)
	return rate, moved.qty * rate - moved.amount


def shares(
	refund: Decimal, before: Decimal, total: Decimal, paid: Iterable[Paid]
) -> tuple[dict[str, Decimal], Decimal]:
	"""{kind: units} that go back to the card, and what is left to be paid out in money.

	In proportion to what came back so far of the sale's `total`, so that steps add up to the whole; never
	worth more than `refund`.
	"""
	back, left = {}, refund
	for part in paid:
		due = max(share_of(part.spent, before + refund, total, part.decimals) - part.given, ZERO)
		if due * part.worth > left:
			due = (left / part.worth).quantize(Decimal(1).scaleb(-part.decimals), rounding=ROUND_DOWN)
		back[part.kind] = due
		left -= round_money(due * part.worth)
	return back, left


def _plain(number: Decimal) -> str:
	return f"{number.normalize():f}" if number else "0"
