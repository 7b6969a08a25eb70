"""Budget rules on plain values."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_finance.domain.approval import approval_tier, first_other
from crm_app.crm_finance.domain.duplicates import repeated_elsewhere, repeated_inside
from crm_app.crm_finance.domain.lines import Purpose, best_line, fits, line_key
from crm_app.crm_finance.domain.positions import OK, STOP, WARN, Position, room_for, verdict
from crm_app.crm_finance.domain.posting import Holding, amount_of, kind_of, wanted

D = Decimal
GIFT_IN_MARCH = Purpose("Gifts", 3, "Spring", "CUST-1")


def test_an_empty_column_fits_everything():
	assert fits({}, GIFT_IN_MARCH)
	assert not fits({"category": "Travel"}, GIFT_IN_MARCH)
	assert not fits({"customer": "CUST-2"}, GIFT_IN_MARCH)


@pytest.mark.parametrize(
	"winner, losers",
	[
		({"customer": "CUST-1"}, [{"campaign": "Spring", "category": "Gifts", "month": 3}]),
		({"campaign": "Spring"}, [{"category": "Gifts", "month": 3}]),
		({"category": "Gifts"}, [{"month": 3}, {}]),
		({"category": "Gifts", "month": 3}, [{"category": "Gifts"}, {"category": "Gifts", "month": 4}]),
	],
)
def test_the_most_specific_fitting_line_pays(winner, losers):
	assert best_line([*losers, winner], GIFT_IN_MARCH) is winner
	assert best_line([winner, *losers], GIFT_IN_MARCH) is winner


def test_without_a_fitting_line_nothing_pays():
	assert best_line([{"category": "Travel"}], GIFT_IN_MARCH) is None


def test_a_line_keeps_its_key_over_versions_and_differs_by_purpose():
	same = line_key(2026, "Sales", {"category": "Gifts", "month": 0, "amount": 1})
	assert same == line_key("2026", "Sales", {"category": "Gifts", "month": None, "amount": 2})
	assert same != line_key(2026, "Sales", {"category": "Gifts", "month": 1})
	assert same != line_key(2026, "Sales", {"campaign": "Gifts"})


@pytest.mark.parametrize(
	"control, amount, expected",
	[
		("Stop", "40.00", OK),
		("Stop", "40.01", STOP),
		("Warn", "40.01", WARN),
		("Ignore", "1000", OK),
	],
)
def test_the_control_decides_what_happens_at_the_cent(control, amount, expected):
	position = Position(D(100), reserved=D(10), committed=D(20), spent=D(30))
	assert verdict(position, D(0), D(amount), control) == expected


def test_an_own_reservation_is_not_counted_twice():
	position = Position(D(100), reserved=D(60))
	assert verdict(position, D(60), D(60), "Stop") == OK
	assert verdict(position, D(60), D("100.01"), "Stop") == STOP


def test_of_two_overbooked_reservations_the_first_approval_wins():
	overbooked = Position(D(100), reserved=D(120))
	assert verdict(overbooked, D(60), D(60), "Stop") == OK
	after_the_first = Position(D(100), reserved=D(60), committed=D(60))
	assert verdict(after_the_first, D(60), D(60), "Stop") == STOP


money = st.decimals(min_value=0, max_value=10**9, places=2)


@given(budget=money, reserved=money, committed=money, spent=money, amount=money)
def test_what_is_allowed_never_overspends_with_nothing_held(budget, reserved, committed, spent, amount):
	position = Position(budget, reserved, committed, spent)
	allowed = verdict(position, D(0), amount, "Stop") == OK
	assert allowed == (amount == 0 or position.used + amount <= budget)
	assert room_for(position, D(0), amount) == position.available - amount


@given(
	steps=st.lists(st.sampled_from(["Draft", "Pending", "Approved", "Reimbursed", "Rejected"]), max_size=8)
)
def test_the_changes_add_up_to_the_last_holding(steps):
	held = total = Holding()
	for category in steps:
		change = wanted(category, D("100.10"), D("90.05")).minus(held)
		total, held = total.plus(change), held.plus(change)
	assert total == (wanted(steps[-1], D("100.10"), D("90.05")) if steps else Holding())


def test_a_change_is_named_by_what_grows():
	reserved, committed = wanted("Pending", D(5), D(0)), wanted("Approved", D(5), D(0))
	spent = wanted("Reimbursed", D(5), D(4))
	assert [kind_of(c) for c in (reserved, committed.minus(reserved), spent.minus(committed))] == [
		"Reserve",
		"Commit",
		"Spend",
	]
	assert kind_of(Holding().minus(committed)) == "Release"
	assert amount_of(Holding().minus(committed)) == D(5)
	assert amount_of(spent.minus(committed)) == D(4)


@pytest.mark.parametrize(
	"total, tier", [("0", 1), ("2000", 1), ("2000.01", 2), ("20000", 2), ("20000.01", 3)]
)
def test_limits_belong_to_the_lower_tier(total, tier):
	assert approval_tier(D(total), D(2000), D(20000)) == tier


def test_a_finance_limit_below_the_heads_never_shortens_the_way():
	assert approval_tier(D(1500), D(2000), D(100)) == 1
	assert approval_tier(D(2001), D(2000), D(100)) == 3


def test_the_first_in_line_who_did_not_ask_approves():
	assert first_other(["head", None, "gm"], {"head"}) == "gm"
	assert first_other([None, "head"], {"head"}) is None


def test_duplicates_are_same_date_amount_and_category():
	row = {"expense_date": "2026-03-01", "amount": 10, "category": "Gifts"}
	assert repeated_inside([row, {**row, "amount": "10.00"}, {**row, "amount": 11}]) == [2]
	others = [{**row, "parent": "A"}, {**row, "category": "Travel", "parent": "B"}]
	assert [found["parent"] for found in repeated_elsewhere([row], others)] == ["A"]
