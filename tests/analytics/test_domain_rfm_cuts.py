"""RFM cuts as values: one customer alone gets the score that the whole crowd would give."""

import numpy as np
import pandas as pd
import pytest
from crm_testing.research_data import online_retail_sales
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_analytics.domain import rfm, rfm_cuts
from crm_app.utils.rules import RuleError


def crowd(rows) -> pd.DataFrame:
	index = [f"C{number:04d}" for number in range(len(rows))]
	return pd.DataFrame(rows, index, columns=["recency", "frequency", "monetary"])


customers = st.lists(
	st.tuples(st.integers(0, 400), st.integers(1, 4), st.integers(-5, 50).map(float)), min_size=1, max_size=60
)


@given(customers)
def test_cuts_score_as_the_scores_of_the_whole_crowd_do(rows):
	summary = crowd(rows)
	whole, by_cuts = rfm.score(summary), rfm_cuts.score(summary, rfm_cuts.quantile_cuts(summary))
	assert by_cuts["code"].tolist() == whole["code"].tolist()


@given(customers, st.randoms(use_true_random=False))
def test_neither_order_nor_company_changes_a_score(rows, chance):
	summary = crowd(rows)
	shuffled = summary.sample(frac=1, random_state=chance.randrange(1000))
	cuts = rfm_cuts.quantile_cuts(shuffled)
	assert cuts == rfm_cuts.quantile_cuts(summary)
	whole = rfm_cuts.score(summary, cuts)
	for name in summary.index[:5]:
		assert rfm_cuts.score(summary.loc[[name]], cuts).iloc[0].tolist() == whole.loc[name].tolist()


@given(customers)
def test_cuts_come_back_from_plain_values_unchanged(rows):
	cuts = rfm_cuts.quantile_cuts(crowd(rows))
	assert rfm_cuts.Cuts.from_dict(cuts.as_dict()) == cuts


def test_a_million_equal_customers_are_cut_into_equal_groups_of_frequency():
	count = 1_000_000
	summary = pd.DataFrame({"recency": 3, "frequency": 1, "monetary": 9.5}, np.arange(count).astype("U7"))
	scored = rfm_cuts.score(summary, rfm_cuts.quantile_cuts(summary))
	assert scored["f"].value_counts().tolist() == [count // 5] * 5
	assert scored["r"].nunique() == scored["m"].nunique() == 1


def test_the_published_quintiles_of_the_real_shop_come_out():
	summary = rfm.summarise(online_retail_sales(), "2011-12-10")
	scored = rfm_cuts.score(summary, rfm_cuts.quantile_cuts(summary))
	assert len(scored) == 4338
	assert scored["r"].value_counts().sort_index().tolist() == [861, 866, 863, 880, 868]
	assert (scored["code"] == "555").sum() == 348 and (scored["code"] == "111").sum() == 182


def test_fixed_cuts_put_a_value_on_a_bound_into_the_lower_group():
	cuts = rfm_cuts.fixed_cuts((30, 90, 180, 365), (1, 2, 4, 8), (10, 20, 30, 40))
	scored = rfm_cuts.score(crowd([(30, 1, 10.0), (31, 2, 10.5), (400, 9, 99.0)]), cuts)
	assert scored["code"].tolist() == ["511", "422", "155"]


def test_nobody_to_cut_gives_cuts_that_score_anybody():
	cuts = rfm_cuts.quantile_cuts(crowd([]))
	assert rfm_cuts.score(crowd([(5, 1, 3.0)]), cuts)["code"].tolist() == ["155"]


@pytest.mark.parametrize("text", ["", "1, 2, 3", "1, 2, 2, 3", "4, 3, 2, 1", "a, b, c, d", "1,2,3,4,5"])
def test_bounds_that_do_not_ascend_are_refused(text):
	with pytest.raises(RuleError):
		rfm_cuts.read_bounds(text, "Money Cuts")


def test_bounds_are_read_with_either_comma():
	assert rfm_cuts.read_bounds("1, 2.5\uff0c 4,8", "Money Cuts") == (1.0, 2.5, 4.0, 8.0)
