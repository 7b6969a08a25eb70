"""Trees and posts on plain values."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_workforce.domain.history import Post, close_on, is_same, open_post
from crm_app.crm_workforce.domain.tree import ancestors, closes_cycle, descendants

LINE = {"boss": None, "head": "boss", "clerk": "head", "intern": "clerk", "stranger": ""}


def test_ancestors_go_up_to_the_root():
	assert ancestors(LINE, "intern") == ["clerk", "head", "boss"]
	assert ancestors(LINE, "boss") == []


def test_descendants_are_everybody_below():
	assert descendants(LINE, {"head"}) == {"clerk", "intern"}
	assert descendants(LINE, {"stranger"}) == set()


def test_a_cycle_is_seen_before_it_closes():
	assert closes_cycle(LINE, "boss", "intern")
	assert closes_cycle(LINE, "boss", "boss")
	assert not closes_cycle(LINE, "stranger", "intern")
	assert not closes_cycle(LINE, "boss", None)


names = st.sampled_from("abcdefgh")


@given(st.dictionaries(names, st.one_of(st.none(), names)), names)
def test_even_a_broken_tree_is_walked_in_finite_time(parents, node):
	assert len(ancestors(parents, node)) <= 8
	assert len(descendants(parents, {node})) <= 8


def test_the_running_post_is_the_last_without_an_end():
	rows = [{"to_date": date(2026, 1, 1)}, {"to_date": None, "department": "Sales"}]
	assert open_post(rows) is rows[1]
	assert open_post(rows[:1]) is None


def test_a_post_ends_the_day_before_but_not_before_it_began():
	assert close_on(date(2026, 1, 1), date(2026, 3, 1)) == date(2026, 2, 28)
	assert close_on(date(2026, 3, 1), date(2026, 3, 1)) == date(2026, 3, 1)


def test_empty_and_missing_are_the_same_post():
	assert is_same({"department": "Sales", "reports_to": ""}, Post("Sales", None, None))
	assert not is_same({"department": "Sales"}, Post("Service", None, None))
