"""k-means: known groups, the suggested number, stability under the seed, words, and what bad data gets."""

import numpy as np
import pandas as pd
import pytest
from crm_testing.research_data import online_retail_sales
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_app.crm_analytics.domain import clusters
from crm_app.crm_analytics.domain.clusters import KMeans, Scaler, adjusted_rand, suggest
from crm_app.crm_analytics.domain.likelihood import NotEnoughHistory


def heaps(*centres, size: int = 40, spread: float = 0.3):
	random = np.random.default_rng(7)
	points = np.concatenate([random.normal(centre, spread, (size, len(centre))) for centre in centres])
	return points, np.repeat(np.arange(len(centres)), size)


FOUR = ((0, 0), (3, 9), (9, 0), (12, 9))


def test_separate_heaps_are_found_and_numbered_by_their_place():
	points, truth = heaps(*FOUR)
	model = KMeans(4).fit(points)
	assert model.predict(points).tolist() == truth.tolist()
	assert model.centres_ == pytest.approx(np.array(FOUR, dtype=float), abs=0.2)


@pytest.mark.parametrize("number", [3, 4, 5])
def test_the_suggested_number_is_that_of_the_heaps(number):
	points, _truth = heaps(*[(9 * n, (n % 2) * 9) for n in range(number)])
	model, indices = suggest(points)
	assert model.k == number == max(indices, key=indices.get)


def test_the_index_is_that_of_the_paper():
	points = np.array([[0.0], [1.0], [9.0], [10.0]])
	model = KMeans(2).fit(points)
	assert model.inertia_ == pytest.approx(1.0)
	assert clusters.variance_ratio(points, model) == pytest.approx((81 / 1) / (1 / 2))


def test_the_seed_does_not_matter_where_groups_are_apart():
	points, _truth = heaps(*FOUR)
	owners = [KMeans(4, seed=seed).fit(points).predict(points).tolist() for seed in range(6)]
	assert owners.count(owners[0]) == 6


def real_traits():
	sales = online_retail_sales()
	days = sales.assign(day=sales["date"].dt.normalize()).groupby("customer")
	traits = {
		"recency": np.log1p((pd.Timestamp("2011-12-10") - days["day"].max()).dt.days),
		"frequency": np.log(days["day"].nunique()),
		"spend": np.log1p(days["amount"].sum() / days["day"].nunique()),
	}
	return pd.DataFrame(traits)


def test_groups_of_the_real_shop_are_stable_and_readable():
	traits = real_traits()
	points = Scaler.of(traits).scale(traits)
	model, indices = suggest(points)
	assert model.k == 3 and list(indices) == list(range(3, 9))
	for seed in (1, 2):
		assert (
			adjusted_rand(model.predict(points), KMeans(3, seed=seed, starts=3).fit(points).predict(points))
			> 0.99
		)
	words = [clusters.in_words(centre, list(traits)) for centre in model.centres_]
	assert words[0] == ("Buys often", "Bought lately") and len(set(words)) == 3


def test_a_constant_trait_weighs_nothing():
	traits = pd.DataFrame({"a": [1.0, 2, 3, 9], "b": 5.0})
	points = Scaler.of(traits).scale(traits)
	assert np.isfinite(points).all() and (points[:, 1] == 0).all()


@pytest.mark.parametrize("points", [[], [[1.0, 1.0]], [[1.0, 1.0]] * 50, [[1.0, 1.0], [2.0, 2.0]] * 9])
def test_customers_who_do_not_differ_get_a_plain_message(points):
	with pytest.raises(NotEnoughHistory, match="Too few different"):
		suggest(np.array(points).reshape(-1, 2))


def test_more_groups_than_points_are_refused():
	with pytest.raises(ValueError, match="fewer different"):
		KMeans(3).fit([[1.0], [2.0]])


def test_a_middling_group_has_a_word_too():
	assert clusters.in_words([0.1, -0.2, 0.3], ["recency", "frequency", "spend"]) == (clusters.PLAIN,)


def test_agreement_of_groupings():
	assert adjusted_rand([0, 0, 1, 1], [5, 5, 2, 2]) == 1
	assert adjusted_rand([0, 0, 1, 1], [0, 1, 0, 1]) == pytest.approx(-0.5)
	assert adjusted_rand([0, 0], [0, 0]) == 1


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=40), st.integers(1, 4))
@settings(max_examples=50)
def test_everybody_is_with_the_nearest_centre_and_more_groups_fit_no_worse(rows, k):
	points = np.array(rows)
	if len(np.unique(points, axis=0)) < k:
		return
	model = KMeans(k).fit(points)
	distances = ((points[:, None] - model.centres_[None]) ** 2).sum(axis=2)
	assert (distances[np.arange(len(points)), model.predict(points)] <= distances.min(axis=1) + 1e-9).all()
	assert model.inertia_ == pytest.approx(distances.min(axis=1).sum(), abs=1e-6)
	assert model.inertia_ <= KMeans(1).fit(points).inertia_ + 1e-6


def test_a_million_equal_customers_get_a_plain_message():
	with pytest.raises(NotEnoughHistory):
		suggest(np.full((10**6, 2), 3.0))
