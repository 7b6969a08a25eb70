"""Quantiles, means and histograms of counted values against those of the values written out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_analytics.domain import counted

rows = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 9)), min_size=1, max_size=40)


@given(rows, st.floats(0, 1))
def test_counted_values_have_the_quantiles_and_the_mean_of_the_whole_list(pairs, share):
	values, counts = (np.array(column) for column in zip(*pairs, strict=True))
	whole = np.repeat(values, counts)
	if not len(whole):
		assert np.isnan(counted.quantile(values, counts, share)) and np.isnan(counted.mean(values, counts))
		return
	assert counted.quantile(values, counts, share) == pytest.approx(np.quantile(whole, share), abs=1e-9)
	assert counted.mean(values, counts) == pytest.approx(whole.mean())


@given(rows)
def test_a_histogram_keeps_every_value(pairs):
	values, counts = zip(*pairs, strict=True)
	found = counted.histogram(values, counts, (7, 30, 90))
	assert sum(found) == sum(counts) and len(found) == 4
	assert found[0] == sum(count for value, count in pairs if value <= 7)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9), st.integers(1, 9)), max_size=20))
def test_splitting_loses_nothing(triples):
	keys, values, counts = zip(*triples, strict=True) if triples else ((), (), ())
	parts = counted.split(keys, values, counts)
	assert set(parts) == set(keys)
	for key, (some, numbers) in parts.items():
		assert sorted(zip(some, numbers, strict=True)) == sorted((v, c) for k, v, c in triples if k == key)
