"""ABC, Lorenz and Gini: known answers, invariants, and the figures of the real shop."""

import numpy as np
import pandas as pd
import pytest
from crm_testing.research_data import online_retail_sales
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_analytics.domain import concentration

amounts = st.lists(st.floats(-1e6, 1e6, allow_nan=False), max_size=50)


@pytest.fixture(scope="module")
def sales():
	return online_retail_sales()


def test_the_item_that_crosses_the_line_is_still_above_it():
	classified = concentration.classify(pd.Series({"x": 5, "y": 80, "z": 15}))
	assert classified["class"].to_dict() == {"y": "A", "z": "B", "x": "C"}
	assert classified["cumulative"].tolist() == [0.8, 0.95, 1.0]
	assert concentration.classify(pd.Series([79, 20, 1]))["class"].tolist() == ["A", "A", "C"]


def test_returns_above_sales_and_missing_totals_are_in_the_last_class():
	classified = concentration.classify(pd.Series({"x": -5.0, "y": 10.0, "z": None, "w": 0.0}))
	assert classified["class"].to_dict() == {"y": "A", "w": "C", "z": "C", "x": "C"}
	assert classified["share"].tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize("totals", [[], [0, 0], [-1.0, -2.0]])
def test_a_shop_without_revenue_has_no_concentration(totals):
	totals = pd.Series(totals, dtype="float64")
	assert set(concentration.classify(totals)["class"]) <= {"C"}
	assert concentration.gini(totals) == 0 and concentration.top_share(totals) == 0
	assert concentration.profile(concentration.classify(totals))["share"].sum() == 0


def test_gini_of_known_shares():
	assert concentration.gini([7, 7, 7]) == 0 and concentration.gini([7]) == 0
	assert concentration.gini([0, 0, 0, 1]) == pytest.approx(0.75)
	assert concentration.gini([1, 2, 3, 4]) == pytest.approx(0.25)


def test_cuts_must_ascend():
	for cuts in [(0.9, 0.5), (0.5, 1.5), (-1, 0.5)]:
		with pytest.raises(ValueError, match="ascend"):
			concentration.classify(pd.Series([1.0]), cuts)


def test_a_chart_gets_a_thin_curve_with_both_ends():
	curve = concentration.lorenz(range(1000), points=21)
	assert len(curve) == 21
	assert curve.iloc[0].tolist() == [0, 0] and curve.iloc[-1].tolist() == [1, 1]


@given(amounts)
def test_the_curve_lies_below_the_diagonal_and_gini_is_twice_the_gap(values):
	curve, coefficient = concentration.lorenz(values), concentration.gini(values)
	assert 0 <= coefficient <= 1
	assert (curve["held"] <= curve["items"] + 1e-9).all()
	assert curve["held"].is_monotonic_increasing
	area = np.trapezoid if hasattr(np, "trapezoid") else np.trapz
	if len(values):
		assert 1 - 2 * area(curve["held"], curve["items"]) == pytest.approx(coefficient, abs=1e-9)


@given(amounts)
def test_classes_follow_the_totals_and_keep_every_item(values):
	classified = concentration.classify(pd.Series(values, dtype="float64"))
	assert sorted(classified["total"]) == sorted(values)
	assert classified["class"].is_monotonic_increasing
	assert concentration.profile(classified)["items"].sum() == len(values)


def test_customers_of_the_real_shop(sales):
	totals = sales.groupby("customer")["amount"].sum()
	assert concentration.profile(concentration.classify(totals))["items"].tolist() == [1133, 1469, 1736]
	assert concentration.top_share(totals) == pytest.approx(0.74617, abs=5e-6)
	assert concentration.gini(totals) == pytest.approx(0.71514, abs=5e-6)


def test_items_of_the_real_shop(sales):
	totals = sales.groupby("item")["amount"].sum()
	assert concentration.profile(concentration.classify(totals))["items"].tolist() == [777, 922, 1966]


def test_a_million_equal_items_are_classed_in_their_order():
	classified = concentration.classify(pd.Series(np.full(10**6, 3.0)))
	assert concentration.profile(classified)["items"].tolist() == [800_000, 150_000, 50_000]
	assert concentration.gini(classified["total"]) == pytest.approx(0, abs=1e-9)
	assert concentration.top_share(classified["total"]) == pytest.approx(0.2)
