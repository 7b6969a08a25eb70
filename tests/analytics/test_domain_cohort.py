"""Cohorts, repeat rate, intervals and monthly revenue: known answers and the figures of the real shop."""

import numpy as np
import pandas as pd
import pytest
from crm_testing.research_data import online_retail_sales
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_analytics.domain import cohort

SALES = pd.DataFrame(
	[
		("A", "2024-01-31", "1", 10.0),
		("A", "2024-02-01", "2", 5.5),
		("A", "2024-02-11", "3", 1.0),
		("A", "2024-04-11", "4", 1.0),
		("B", "2024-01-05", "5", 2.0),
		("C", "2024-04-01", "6", 4.0),
		("C", "2024-04-01", "6", -1.0),
	],
	columns=["customer", "date", "invoice", "amount"],
)


@pytest.fixture(scope="module")
def shop():
	return online_retail_sales()


def test_cohorts_count_who_came_back_after_how_many_months():
	table = cohort.monthly_cohorts(SALES)
	assert [str(month) for month in table.index] == ["2024-01", "2024-02", "2024-03", "2024-04"]
	assert table.iloc[0].tolist() == [2, 1, 0, 1]
	assert table[0].tolist() == [2, 0, 0, 1]
	assert table.loc["2024-04"].isna().tolist() == [False, True, True, True]


def test_retention_has_no_share_of_nobody():
	shares = cohort.retention(cohort.monthly_cohorts(SALES))
	assert shares.iloc[0].tolist() == [1, 0.5, 0, 0.5]
	assert shares.iloc[1].isna().all()


def test_intervals_lie_between_purchase_days_of_one_customer():
	intervals = cohort.repurchase_intervals(SALES)
	assert intervals["interval"].tolist() == [1, 10, 60]
	assert set(intervals["customer"]) == {"A"}
	assert intervals["day"].iloc[0] == pd.Timestamp("2024-02-01")
	summary = cohort.interval_summary(intervals)
	assert summary["count"] == 3 and summary["p50"] == 10 and summary["mean"] == pytest.approx(71 / 3)


def test_revenue_of_a_month_without_sales_is_zero():
	revenue = cohort.monthly_revenue(SALES)
	assert revenue.tolist() == [12.0, 6.5, 0.0, 4.0]
	assert str(revenue.index[2]) == "2024-03"


def test_an_empty_shop_gives_empty_tables():
	empty = SALES.iloc[:0]
	assert cohort.monthly_cohorts(empty).empty and cohort.retention(cohort.monthly_cohorts(empty)).empty
	assert cohort.monthly_revenue(empty).empty
	assert cohort.repeat_rate(empty) == {"customers": 0, "once": 0, "rate": 0.0}
	assert cohort.interval_summary(cohort.repurchase_intervals(empty)) == {"count": 0}


def test_rows_without_a_customer_or_a_date_are_left_out():
	sales = SALES.assign(customer=["A", None, "A", "A", "B", "C", "C"])
	sales.loc[0, "date"] = None
	assert cohort.monthly_cohorts(sales)[0].tolist() == [1, 1, 0, 1]
	assert cohort.monthly_revenue(sales).sum() == 12.5


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 500)), min_size=1, max_size=40))
def test_every_customer_is_in_one_cohort_and_every_active_month_is_counted(rows):
	start = pd.Timestamp("2023-11-15")
	sales = pd.DataFrame([(c, start + pd.Timedelta(days=d)) for c, d in rows], columns=["customer", "date"])
	table = cohort.monthly_cohorts(sales)
	assert table[0].sum() == sales["customer"].nunique()
	months = sales.assign(date=sales["date"].dt.to_period("M")).drop_duplicates()
	assert np.nansum(table.to_numpy(dtype="float64", na_value=np.nan)) == len(months)
	shares = cohort.retention(table).stack().dropna()
	assert shares.between(0, 1).all()


def test_the_first_cohort_of_the_real_shop(shop):
	first = cohort.monthly_cohorts(shop).loc["2010-12"]
	assert first.tolist() == [885, 324, 286, 340, 321, 352, 321, 309, 313, 350, 331, 445, 235]


def test_the_repeat_rate_of_the_real_shop(shop):
	found = cohort.repeat_rate(shop)
	assert (found["customers"], found["once"]) == (4338, 1493)
	assert found["rate"] == pytest.approx(0.65583, abs=5e-6)


def test_the_monthly_revenue_of_the_real_shop(shop):
	revenue = cohort.monthly_revenue(shop)
	assert revenue.head(3).round(2).tolist() == [572_713.89, 569_445.04, 447_137.35]
	assert len(revenue) == 13 and revenue.sum() == pytest.approx(8_911_407.904)
