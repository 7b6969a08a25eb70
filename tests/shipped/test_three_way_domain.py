"""Shipped, current, new: the decision alone."""

from hypothesis import given
from hypothesis import strategies as st

from crm_app.shipped.domain.three_way import (
	ADOPT,
	INSERT,
	KEEP,
	STAY_DELETED,
	UPDATE,
	decide,
	digest,
	lines,
	merge,
	same,
)

values = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", "1", "2", "3"]), max_size=4)


def test_missing_is_written_once_and_never_brought_back():
	assert decide(None, None, "", {"a": "1"}, known=False) == INSERT
	assert decide(None, {"a": "1"}, "x", {"a": "1"}, known=True) == STAY_DELETED


def test_what_was_there_before_the_app_came_is_kept():
	assert decide({"a": "9"}, None, "", {"a": "1"}, known=False) == KEEP
	assert decide({"a": "1"}, None, "", {"a": "1"}, known=False) == ADOPT


@given(values, values, values)
def test_only_what_nobody_touched_is_overwritten(current, shipped, new):
	step = decide(current, shipped, digest(shipped), new, known=True)
	if step == UPDATE:
		assert same(current, shipped) and shipped
	if step == KEEP:
		assert not same(current, shipped) or not shipped


@given(values, values, values)
def test_a_merge_keeps_every_change_of_the_administrator_and_takes_all_others(current, shipped, new):
	merged, conflicts = merge(current, shipped, new)
	for key in "abcd":
		mine, base, theirs = current.get(key), shipped.get(key), new.get(key)
		assert merged.get(key) == (mine if mine != base else theirs)
		assert (key in conflicts) == (mine != base and theirs != base and mine != theirs)


@given(values)
def test_a_merge_with_nothing_new_changes_nothing(current):
	assert merge(current, {"a": "1"}, {"a": "1"}) == (current, [])


def test_a_property_that_one_side_lacks_is_no_edit():
	assert same({"a": "1", "rows": [{"x": "1"}]}, {"a": "1", "rows": [{"x": "1", "y": "2"}], "b": "3"})
	assert not same({"rows": [{"x": "1"}]}, {"rows": [{"x": "1"}, {"x": "1"}]})


def test_a_table_reads_as_its_differing_rows():
	mine = [{"state": "Draft", "role": "A"}, {"state": "Done", "role": ""}]
	theirs = [{"state": "Draft", "role": "B"}, {"state": "Done", "role": ""}]
	assert lines(mine, [theirs]) == "Draft · A"
	assert lines("x") == "x"
