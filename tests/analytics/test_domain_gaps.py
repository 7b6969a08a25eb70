"""Gaps between purchase days per key and customer, against counting by hand."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_analytics.domain import counted, gaps

PURCHASES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(-40, 15_000)), max_size=60)


def by_hand(purchases) -> Counter:
	days = {}
	for key, owner, day in purchases:
		days.setdefault((key, owner), set()).add(day)
	return Counter(
		(key, later - before)
		for (key, _owner), of_pair in days.items()
		for before, later in zip(sorted(of_pair), sorted(of_pair)[1:], strict=False)
	)


@given(PURCHASES)
def test_the_gaps_of_each_key_are_those_between_neighbouring_days_of_each_owner(purchases):
	columns = [list(column) for column in zip(*purchases, strict=True)] if purchases else [[], [], []]
	found, owners = gaps.within(*columns)
	counts = {(row.key, row.gap): row.number for row in found.itertuples()}
	assert counts == dict(by_hand(purchases))
	pairs = {(key, owner) for key, owner, _day in purchases}
	highest = max((key for key, _owner in pairs), default=-1)
	assert owners.tolist() == [sum(key == at for key, _owner in pairs) for at in range(highest + 1)]


@given(
	st.lists(st.tuples(st.integers(1, 500), st.integers(1, 9)), min_size=1, max_size=30),
	st.lists(st.sampled_from((0, 0.1, 0.25, 0.5, 0.75, 0.9, 1)), min_size=1, max_size=5),
)
def test_several_quantiles_at_once_are_those_of_the_values_written_out(counts, shares):
	values, numbers = zip(*counts, strict=True)
	whole = np.repeat(values, numbers)
	assert np.allclose(counted.quantiles(values, numbers, shares), np.quantile(whole, shares))
