"""Geometry of a bar chart of monthly amounts, drawn as SVG by the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from crm_app.utils.money import ZERO, to_decimal

MONTHS = 12
WIDTH, HEIGHT = 480, 120  # user units of the drawing
SLOT, BAR = WIDTH // MONTHS, 24


@dataclass(frozen=True)
class Bar:
	"""One month; x, y, height in user units, y from the top."""

	year: int
	month: int
	amount: Decimal
	x: int
	y: float
	height: float


@dataclass(frozen=True)
class Chart:
	bars: list[Bar]
	zero: float  # y of the line where amounts are 0

	@property
	def is_empty(self) -> bool:
		return not any(bar.amount for bar in self.bars)


def first_month(as_of: date) -> date:
	"""The first day of the twelve months that end with the month of `as_of`."""
	months = as_of.year * 12 + as_of.month - MONTHS
	return date(months // 12, months % 12 + 1, 1)


def monthly_chart(by_day: Mapping[date, Decimal], as_of: date) -> Chart:
	"""Bars for the twelve months up to `as_of`; a month with more returns than sales hangs below the line."""
	start = first_month(as_of)
	amounts = [ZERO] * MONTHS
	for day, amount in by_day.items():
		place = (day.year - start.year) * 12 + day.month - start.month
		if 0 <= place < MONTHS:
			amounts[place] += to_decimal(amount)
	top, bottom = max(*amounts, ZERO), min(*amounts, ZERO)
	scale = HEIGHT / float(top - bottom) if top > bottom else 0
	zero = float(top) * scale if scale else HEIGHT
	return Chart([_bar(start, place, amount, zero, scale) for place, amount in enumerate(amounts)], zero)


def _bar(start: date, place: int, amount: Decimal, zero: float, scale: float) -> Bar:
	months = start.year * 12 + start.month - 1 + place
	height = abs(float(amount)) * scale
	y = zero - height if amount > 0 else zero
	x = place * SLOT + (SLOT - BAR) // 2
	return Bar(months // 12, months % 12 + 1, amount, x, round(y, 2), round(height, 2))
