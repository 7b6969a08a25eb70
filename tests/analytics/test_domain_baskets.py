"""Association rules: known answers, a plain count as the judge, and the figures of the groceries."""

from itertools import combinations

import pandas as pd
import pytest
from crm_testing.research_data import grocery_baskets, online_retail_sales
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_app.crm_analytics.domain.baskets import (
	Baskets,
	exact,
	frequent_sets,
	next_items,
	recommend,
	rules,
)


def baskets_of(*contents):
	rows = [(number, item) for number, content in enumerate(contents) for item in content]
	return Baskets(pd.DataFrame(rows, columns=["basket", "item"]))


@pytest.fixture(scope="module")
def groceries():
	return Baskets(grocery_baskets(), basket="transaction_id")


def named(baskets, counts):
	return {frozenset(baskets.items[place] for place in chosen): count for chosen, count in counts.items()}


def test_sets_are_counted():
	baskets = baskets_of("ab", "abc", "a", "b", "abb")
	assert named(baskets, frequent_sets(baskets, 0.4)) == {
		frozenset("a"): 4,
		frozenset("b"): 4,
		frozenset("ab"): 3,
	}


def test_a_rule_says_how_often_the_right_follows_the_left():
	table = rules(baskets_of("ab", "abc", "a", "b", "c"), support=0.2, confidence=1)
	found = {(frozenset(row.left), row.right) for row in table.itertuples()}
	assert found == {(frozenset("ac"), "b"), (frozenset("bc"), "a")}
	row = table.iloc[0]
	assert (row["count"], row["left_count"], row["right_count"]) == (1, 1, 3)
	assert (row["support"], row["confidence"], row["lift"]) == (0.2, 1, pytest.approx(5 / 3))


def test_a_share_on_the_line_counts_although_its_float_does_not():
	baskets = baskets_of(*["ab"] * 7, *["a"] * 93)
	assert 0.07 * 100 > 7
	assert len(rules(baskets, support=0.07, confidence=0.07)) == 2


def test_impossible_shares_are_refused():
	for share in (-0.1, 1.1):
		with pytest.raises(ValueError, match="between 0 and 1"):
			exact(share)


@pytest.mark.parametrize("contents", [[], ["a"], ["a", "a"]])
def test_a_shop_with_one_item_or_none_has_no_rules(contents):
	table = rules(baskets_of(*contents), support=0, confidence=0)
	assert table.empty and recommend(table, ["a"]).empty


def test_rows_without_a_basket_or_an_item_are_left_out():
	frame = pd.DataFrame({"basket": [1, 1, None, 2], "item": ["a", None, "b", "a"]})
	baskets = Baskets(frame)
	assert baskets.size == 2 and baskets.items == ["a"]


def test_the_next_item_is_one_that_is_not_owned():
	table = rules(baskets_of("ab", "ab", "abc", "cd", "cd"), support=0.2, confidence=0.1)
	found = recommend(table, ["a"], most=5)
	assert found["right"].tolist() == ["b"], "c follows a more rarely than it lies in any basket"
	assert recommend(table, "abcd").empty


contents = st.lists(st.sets(st.sampled_from("abcdef"), min_size=1), min_size=1, max_size=20)


@given(contents, st.sampled_from([0, 0.1, 0.2, 0.25, 0.5, 1]), st.integers(1, 4))
@settings(max_examples=60)
def test_the_counts_are_those_of_looking_into_every_basket(content, support, longest):
	least = max(1, exact(support) * len(content))
	expected = {}
	for size in range(1, longest + 1):
		for chosen in map(frozenset, combinations("abcdef", size)):
			if (count := sum(chosen <= basket for basket in content)) >= least:
				expected[chosen] = count
	baskets = baskets_of(*content)
	assert named(baskets, frequent_sets(baskets, support, longest)) == expected


@given(contents, st.sampled_from([0, 0.3, 0.6, 1]))
@settings(max_examples=40)
def test_rules_keep_their_promise(content, confidence):
	table = rules(baskets_of(*content), 0.1, confidence)
	assert table["confidence"].between(confidence, 1).all() and (table["support"] >= 0.1).all()
	assert (table["count"] <= table[["left_count", "right_count"]].min(axis=1)).all()
	assert not table.duplicated(["left", "right"]).any()


@pytest.mark.parametrize(("confidence", "number"), [(0.5, 5668), (0.6, 2918), (0.8, 410)])
def test_rare_rules_of_the_groceries(groceries, confidence, number):
	assert len(rules(groceries, 0.001, confidence)) == number


def test_common_rules_of_the_groceries(groceries):
	assert (groceries.size, len(groceries.items)) == (9835, 169)
	assert len(rules(groceries, 0.006, 0.25)) == 463


def test_the_surest_rule_comes_true_more_often_than_the_best_seller():
	"""Of those customers of Online Retail who came back after 2011-08-31: who bought what was recommended."""
	sales = online_retail_sales()
	past, later = sales[sales["date"] < "2011-09-01"], sales[sales["date"] >= "2011-09-01"]
	found = rules(Baskets(past, basket="invoice"), 0.005, 0.1, longest=2)
	pairs = found.assign(left=found["left"].str[0])
	owned = past[["customer", "item"]].drop_duplicates()
	owned = owned[owned["customer"].isin(later["customer"])]
	bought = set(zip(later["customer"], later["item"], strict=True))

	def hits(choice: pd.Series) -> float:
		return sum(pair in bought for pair in choice.items()) / owned["customer"].nunique()

	popular = past.groupby("item")["invoice"].nunique().sort_values(ascending=False).index
	had = owned.groupby("customer")["item"].agg(set)
	best_seller = had.map(lambda items: next(item for item in popular if item not in items))
	assert hits(next_items(pairs, owned)["right"]) > 0.105 > 1.8 * hits(best_seller)


@given(contents, st.lists(st.sets(st.sampled_from("abcdef"), min_size=1), min_size=1, max_size=6))
@settings(max_examples=40)
def test_many_customers_at_once_get_what_each_would_get_alone(content, wardrobes):
	table = rules(baskets_of(*content), 0.05, 0.05, longest=2)
	pairs = table.assign(left=table["left"].str[0])
	rows = [(number, item) for number, items in enumerate(wardrobes) for item in sorted(items)]
	found = next_items(pairs, pd.DataFrame(rows, columns=["customer", "item"]))
	for number, items in enumerate(wardrobes):
		alone = recommend(table, items, most=1)
		assert (number in found.index) == (len(alone) == 1)
		if len(alone):
			assert found.at[number, "confidence"] == alone["confidence"][0]
			assert found.at[number, "right"] not in items
