"""Profit by customer: sums that are kept, the whale curve, and nobody at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_analytics.domain.profitability import assemble, whale_curve

amounts = st.dictionaries(st.sampled_from("abcdef"), st.floats(-1e6, 1e6))


def test_profit_is_margin_less_costs():
	table = assemble({"a": 100, "b": 50}, {"service": {"b": 30}, "gifts": {"b": 10, "c": 5}}, 0.4)
	assert list(table.index) == ["a", "c", "b"]
	assert table["profit"].to_dict() == {"a": 40, "c": -5, "b": -20}
	assert table.loc["b"].to_dict() == {
		"revenue": 50,
		"contribution": 20,
		"service": 30,
		"gifts": 10,
		"profit": -20,
	}


def test_nobody_gives_an_empty_table():
	table = assemble({}, {"service": {}}, 1)
	assert table.empty and list(table.columns) == ["revenue", "contribution", "service", "profit"]
	assert whale_curve([]).to_numpy().tolist() == [[0, 0]]


@given(amounts, amounts, st.floats(0, 1))
def test_no_money_is_lost(revenue, gifts, margin):
	table = assemble(revenue, {"gifts": gifts}, margin)
	whole = sum(revenue.values()) * margin - sum(gifts.values())
	assert table["profit"].sum() == pytest.approx(whole, abs=1e-3)
	assert set(table.index) == {*revenue, *gifts} and table["profit"].is_monotonic_decreasing


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50))
def test_the_whale_curve_ends_at_the_whole_profit_and_never_passes_what_is_earned(profits):
	curve = whale_curve(profits)
	assert curve["customers"].iloc[0] == 0 and curve["customers"].iloc[-1] == 1
	assert curve["profit"].iloc[-1] == pytest.approx(sum(profits), abs=1e-3)
	assert curve["profit"].max() <= sum(max(p, 0) for p in profits) + 1e-3
