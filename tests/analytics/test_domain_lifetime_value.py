"""Annuity values, discounted forecasts and purchase histories: known answers and invariants."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_analytics.domain import history
from crm_app.crm_analytics.domain.bgnbd import BGNBD
from crm_app.crm_analytics.domain.lifetime_value import (
	annuity_value,
	forecast_value,
	group_annuity_value,
	pvifa,
)

SALES = pd.DataFrame(
	[
		("B", "2024-01-01 09:00", 10.0),
		("B", "2024-01-01 17:00", 5.0),
		("B", "2024-01-15", 7.0),
		("B", "2024-01-29", 9.0),
		("A", "2024-01-08", 3.0),
		(None, "2024-01-08", 3.0),
		("C", None, 3.0),
		("D", "2024-03-01", 3.0),
	],
	columns=["customer", "date", "amount"],
)
SALES["date"] = pd.to_datetime(SALES["date"], format="ISO8601")


def test_the_annuity_factor_is_that_of_the_tables():
	assert pvifa(0.1, 5) == pytest.approx(3.7908, abs=5e-5)
	assert pvifa(0.08, 10) == pytest.approx(6.7101, abs=5e-5)
	assert pvifa(0, 7) == 7 and pvifa(0.1, 0) == 0
	assert pvifa(1e-12, 7) == pytest.approx(7)


def test_impossible_rates_are_refused():
	for rate, periods in [(-1, 5), (0.1, -1)]:
		with pytest.raises(ValueError, match="rate must exceed"):
			pvifa(rate, periods)


def test_a_customer_and_a_group_are_worth_their_contribution_times_the_factor():
	assert annuity_value(1000, 400, 0.1, 5) == pytest.approx(2274.47, abs=0.005)
	assert group_annuity_value([1000, 500], [400, 600], 0.1, 5) == pytest.approx(500 * pvifa(0.1, 5))
	assert group_annuity_value([], [], 0.1, 5) == 0


@given(st.floats(0, 0.5), st.integers(1, 60))
def test_the_factor_is_the_sum_of_the_discounted_units(rate, periods):
	assert pvifa(rate, periods) == pytest.approx(sum((1 + rate) ** -n for n in range(1, periods + 1)))


def test_purchases_of_a_day_are_one_and_the_first_is_not_counted():
	summary = history.summarise(SALES, "2024-02-05", amount="amount")
	assert list(summary.index) == ["A", "B"]
	assert summary.loc["B"].to_dict() == {"frequency": 2, "recency": 4, "T": 5, "value": 8}
	assert summary.loc["A"].to_dict() == {"frequency": 0, "recency": 0, "T": 4, "value": 0}


def test_later_purchases_are_counted_between_two_days():
	assert history.purchases_between(SALES, "2024-01-01", "2024-01-29").to_dict() == {"A": 1, "B": 2}


@pytest.mark.parametrize("sales", [SALES.iloc[:0], SALES.iloc[5:7], SALES.iloc[7:]])
def test_no_purchases_give_an_empty_summary(sales):
	assert history.summarise(sales, "2024-02-05", amount="amount").empty
	assert history.purchases_between(sales, "2024-01-01", "2024-02-05").empty


days = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 90), st.integers(1, 100)), max_size=60)


@given(days)
def test_the_summary_agrees_with_a_plain_count(rows):
	start = pd.Timestamp("2024-01-01")
	sales = pd.DataFrame(
		[(c, start + pd.Timedelta(days=d), float(a)) for c, d, a in rows],
		columns=["customer", "date", "amount"],
	)
	summary = history.summarise(sales, start + pd.Timedelta(days=60), amount="amount", unit=1)
	kept = [row for row in rows if row[1] <= 60]
	assert sorted({c for c, _, _ in kept}) == list(summary.index)
	for customer, row in summary.iterrows():
		when = sorted({d for c, d, _ in kept if c == customer})
		later = sum(a for c, d, a in kept if c == customer and d > when[0])
		assert row["frequency"] == len(when) - 1
		assert (row["recency"], row["T"]) == (when[-1] - when[0], 60 - when[0])
		assert row["value"] == pytest.approx(later / max(len(when) - 1, 1))


@pytest.fixture(scope="module")
def model():
	rows = [(n % 5, float(n % 5 and 10 + n % 13), 30.0 + n % 9) for n in range(200)]
	summary = pd.DataFrame(rows, columns=["frequency", "recency", "T"])
	return BGNBD().fit(summary), summary


def test_without_interest_the_forecast_is_purchases_times_spend_times_margin(model):
	fitted, summary = model
	value = forecast_value(fitted, summary, 20.0, periods=12, length=4, margin=0.25)
	assert value.to_numpy() == pytest.approx((fitted.predict(summary, 48) * 5).to_numpy())


def test_interest_lowers_the_value_but_not_below_that_of_paying_last(model):
	fitted, summary = model
	plain = forecast_value(fitted, summary, 20.0, periods=12, length=4)
	discounted = forecast_value(fitted, summary, 20.0, periods=12, length=4, rate=0.02)
	assert (discounted < plain).all() and (discounted > plain / 1.02**12).all()
	assert (forecast_value(fitted, summary, 20.0, periods=0, length=4) == 0).all()


def test_forecasts_take_no_negative_horizon(model):
	fitted, summary = model
	with pytest.raises(ValueError):
		fitted.predict(summary, -1)
	with pytest.raises(ValueError):
		forecast_value(fitted, summary, 1.0, periods=-1, length=4)
	assert np.allclose(fitted.predict(summary, 0), 0)
