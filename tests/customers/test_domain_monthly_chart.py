from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_customers.domain.monthly_chart import HEIGHT, WIDTH, first_month, monthly_chart

TODAY = date(2026, 6, 30)


def test_twelve_months_end_with_this_one():
	assert first_month(TODAY) == date(2025, 7, 1)
	assert first_month(date(2026, 12, 1)) == date(2026, 1, 1)
	bars = monthly_chart({}, TODAY).bars
	assert [bar.month for bar in bars] == [7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6]
	assert (bars[0].year, bars[-1].year) == (2025, 2026)


def test_a_month_of_returns_hangs_below_the_line():
	chart = monthly_chart({date(2026, 6, 1): Decimal(100), date(2026, 5, 1): Decimal(-100)}, TODAY)
	june, may = chart.bars[-1], chart.bars[-2]
	assert june.y + june.height == chart.zero == may.y == HEIGHT / 2


@given(
	st.dictionaries(
		st.integers(0, 600).map(lambda days: TODAY - timedelta(days=days)),
		st.decimals(-(10**9), 10**9, places=2),
	)
)
def test_every_bar_stays_inside_and_no_amount_is_lost(by_day):
	chart = monthly_chart(by_day, TODAY)
	inside = sum(amount for day, amount in by_day.items() if day >= date(2025, 7, 1))
	assert sum(bar.amount for bar in chart.bars) == inside
	for bar in chart.bars:
		assert 0 <= bar.x <= WIDTH - 24
		assert -0.02 <= bar.y and bar.y + bar.height <= HEIGHT + 0.02
