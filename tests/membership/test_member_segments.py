"""Segments by what members hold."""

import frappe
import pytest
from crm_testing.ledger import grant, make_member
from crm_testing.marketing import make_segment, members_of, rule

from crm_app.crm_marketing import segments
from crm_app.crm_membership.domain.kinds import BONUS, PRINCIPAL


@pytest.fixture
def cards():
	rich, poor = make_member(), make_member()
	grant(rich, 1000)
	grant(rich, 60, PRINCIPAL)
	grant(rich, 40, BONUS)
	return rich, poor


def customer(card):
	return frappe.db.get_value("Member Card", card, "customer")


@pytest.mark.parametrize(
	"field, operator, value, who",
	[
		("points_balance", "at least", "1000", {0}),
		("points_balance", "less than", "1000", {1}),
		("value_balance", "equals", "100", {0}),
		("tier", "equals", "Silver", {0, 1}),
	],
)
def test_points_value_and_tier_choose_members(cards, field, operator, value, who):
	segment = make_segment(rule(field, operator, value, "Member Card"))
	segments.refresh(segment)
	chosen = members_of(segment.name) & {customer(card) for card in cards}
	assert chosen == {customer(cards[place]) for place in who}
