"""Tiers go up at once and down at the end of a period, after a preview and somebody else's approval."""

import frappe
import pytest
from crm_testing.customers import make_customer, make_user
from crm_testing.ledger import make_member, spend
from crm_testing.membership import make_card, make_programme
from crm_testing.sales import make_return, make_transaction
from frappe.utils import add_days, getdate, nowdate

from crm_app.crm_membership import ledger_audit, qualifying, tier_reviews
from crm_app.crm_membership.doctype.tier_review import actions
from crm_app.crm_membership.domain.tiers import Period

GOLD = {"tier_name": "Gold", "tier_level": 2, "entry_amount": 1000, "stay_amount": 500}
DIAMOND = {"tier_name": "Diamond", "tier_level": 3, "entry_amount": 5000, "stay_amount": 3000}
TIERS = [
	{"tier_name": "Silver", "tier_level": 1},
	GOLD,
	DIAMOND | {"entry_visits": 2, "stay_visits": 2},
]


def buy(card, amount, **values):
	customer = frappe.db.get_value("Member Card", card, "customer")
	line = {"item_code": "TEA", "item_name": "Tea", "category": "Drinks", "qty": 10, "rate": amount / 10}
	values = {"posting_date": nowdate(), "member_card": card, "items": [line]} | values
	return make_transaction(customer, **values)


def tier(card):
	return frappe.db.get_value("Member Card", card, "tier")


def changes(card):
	fields = ["from_tier", "to_tier", "direction", "cause"]
	rows = frappe.get_all(
		"Member Tier Change", {"card": card}, fields, order_by="changed_at asc, creation asc"
	)
	return [tuple(row.values()) for row in rows]


def make_review(programme, **values):
	doc = frappe.get_doc({"doctype": "Tier Review", "programme": programme, "as_of": nowdate(), **values})
	return doc.insert()


def make_due(card, name):
	frappe.db.set_value("Member Card", card, {"tier": name, "tier_until": nowdate()})


@pytest.fixture
def programme():
	return make_programme(tiers=TIERS, point_value=0.01).name


@pytest.fixture
def manager():
	return make_user("manager@tiers.test", "CRM Manager")


def test_a_purchase_that_passes_two_thresholds_announces_the_highest_alone(programme):
	manager = make_user("keeper@tiers.test", "CRM Sales User")
	customer = make_customer(account_manager=manager).name
	card = make_card(customer, programme)
	card.activate()
	buy(card.name, 900)
	assert tier(card.name) == "Silver"
	buy(card.name, 9000)
	assert changes(card.name) == [("Silver", "Diamond", "Up", "Purchase")]
	card.reload()
	assert card.history[-1].detail == "Silver → Diamond"
	assert str(card.tier_until) == str(getdate(nowdate()).replace(year=getdate().year + 1))
	notes = frappe.get_all("Notification Log", {"for_user": manager}, pluck="subject")
	assert len(notes) == 1 and "Diamond" in notes[0]


def test_redeemed_points_neither_raise_nor_lower_a_tier(programme):
	card = make_member(programme)
	buy(card, 1000)
	spend(card, 900)
	period = Period(getdate(add_days(nowdate(), -30)), getdate())
	assert tier(card) == "Gold"
	assert qualifying.done_by(card, period).amount == 1000


def test_a_return_counts_in_the_period_of_its_sale(programme):
	card = make_member(programme)
	before = add_days(nowdate(), -40)
	sale = buy(card, 800, posting_date=before)
	buy(card, 150)
	make_return(sale, 5, member_card=card, posting_date=nowdate())
	recent = Period(getdate(add_days(nowdate(), -30)), getdate())
	early = Period(getdate(add_days(nowdate(), -60)), getdate(add_days(nowdate(), -31)))
	one = qualifying.done_by(card, recent)
	assert (one.amount, one.visits) == (150, 1)
	assert qualifying.done_by(card, early).amount == 400
	assert qualifying.done_in(programme, recent)[card] == one
	sale.reload()
	assert tier(card) == "Silver"


def test_purchases_of_a_replaced_card_count_for_the_new_one(programme):
	card = make_member(programme)
	buy(card, 600)
	new = frappe.get_doc("Member Card", card).replace("torn")
	new.activate()
	buy(new.name, 500)
	assert tier(new.name) == "Gold"
	period = Period(getdate(add_days(nowdate(), -30)), getdate())
	assert qualifying.done_in(programme, period)[new.name] == qualifying.done_by(new.name, period)


def test_who_moves_where_is_shown_before_anything_moves(programme):
	falls, keeps, rises, stays = (make_member(programme) for _n in range(4))
	buy(keeps, 600)
	for card in (falls, keeps):
		make_due(card, "Gold")
	frappe.db.set_value("Membership Programme", programme, "raise_at_once", 0)
	frappe.clear_document_cache("Membership Programme", programme)
	buy(rises, 2000)
	review = make_review(programme)
	tier_reviews.prepare(review.name)
	fields = ["card", "action", "from_tier", "to_tier", "amount"]
	lines = {
		row.card: tuple(row.values())[1:]
		for row in frappe.get_all("Tier Review Line", {"review": review.name}, fields)
	}
	assert lines == {
		falls: ("Down", "Gold", "Silver", 0),
		keeps: ("Keep", "Gold", "Gold", 600),
		rises: ("Up", "Silver", "Gold", 2000),
	}
	assert stays not in lines
	assert [tier(card) for card in (falls, keeps, rises)] == ["Gold", "Gold", "Silver"]
	review.reload()
	assert (review.status_category, review.cards_up, review.cards_down, review.cards_kept) == (
		"Pending",
		1,
		1,
		1,
	)
	tier_reviews.prepare(review.name)
	assert frappe.db.count("Tier Review Line", {"review": review.name}) == 3


def test_another_person_approves_and_the_tiers_follow_once(programme, manager, as_user):
	card = make_member(programme)
	make_due(card, "Gold")
	other = make_user("second@tiers.test", "CRM Manager")
	clerk = make_user("clerk@tiers.test", "CRM Marketing User")
	with as_user(manager):
		review = make_review(programme)
	tier_reviews.prepare(review.name)
	with as_user(manager), pytest.raises(frappe.PermissionError):
		actions.approve({"name": review.name})
	with as_user(clerk), pytest.raises(frappe.PermissionError):
		actions.approve({"name": review.name})
	with as_user(other):
		actions.approve({"name": review.name})
	tier_reviews.apply(review.name)
	tier_reviews.apply(review.name)
	assert changes(card) == [("Gold", "Silver", "Down", "Tier Review")]
	review.reload()
	assert (review.status_category, review.applied, review.decided_by) == ("Completed", 1, other)
	with as_user(other), pytest.raises(frappe.ValidationError):
		actions.reject({"name": review.name})


def test_a_card_that_changed_after_the_proposal_is_left_out(programme):
	card = make_member(programme)
	make_due(card, "Gold")
	review = make_review(programme)
	tier_reviews.prepare(review.name)
	buy(card, 9000)
	buy(card, 1)
	assert tier(card) == "Diamond"
	frappe.db.set_value("Tier Review", review.name, "status_category", "Approved")
	tier_reviews.apply(review.name)
	review.reload()
	assert (tier(card), review.applied, review.skipped) == ("Diamond", 0, 1)


def test_an_application_that_broke_goes_on_with_the_rest(programme, monkeypatch):
	cards = [make_member(programme) for _n in range(5)]
	for card in cards:
		make_due(card, "Gold")
	review = make_review(programme)
	tier_reviews.prepare(review.name, page=2)
	frappe.db.set_value("Tier Review", review.name, "status_category", "Approved")
	real, calls = tier_reviews.apply_batch, []

	def breaks(doc, batch):
		calls.append(1)
		if len(calls) == 2:
			raise RuntimeError("killed")
		return real(doc, batch)

	monkeypatch.setattr(tier_reviews, "apply_batch", breaks)
	with pytest.raises(RuntimeError):
		tier_reviews.apply(review.name, batch=2)
	assert [tier(card) for card in cards].count("Silver") == 2
	monkeypatch.setattr(tier_reviews, "apply_batch", real)
	tier_reviews.nightly()
	assert {tier(card) for card in cards} == {"Silver"}
	assert all(len(changes(card)) == 1 for card in cards)
	assert frappe.db.get_value("Tier Review", review.name, "status_category") == "Completed"


def test_the_night_proposes_once_and_tells_the_managers(programme, manager):
	card = make_member(programme)
	frappe.db.set_value("Member Card", card, {"tier": "Gold", "tier_until": add_days(nowdate(), -62)})
	tier_reviews.nightly()
	tier_reviews.nightly()
	(name,) = frappe.get_all("Tier Review", {"programme": programme}, pluck="name")
	assert frappe.db.get_value("Tier Review", name, "status_category") == "Pending"
	assert frappe.db.count("Notification Log", {"for_user": manager, "document_name": name}) == 1
	assert tier(card) == "Gold"


def test_an_automatic_programme_needs_no_approval():
	programme = make_programme(tiers=TIERS, tier_review="Automatic").name
	card = make_member(programme)
	frappe.db.set_value("Member Card", card, {"tier": "Gold", "tier_until": add_days(nowdate(), -62)})
	tier_reviews.nightly()
	assert tier(card) == "Silver"


def test_a_tier_by_hand_is_recorded_with_its_time(programme):
	card = frappe.get_doc("Member Card", make_member(programme))
	card.tier, card.tier_until = "Gold", "2099-01-01"
	card.save()
	assert changes(card.name) == [("Silver", "Gold", "Up", "By Hand")]
	assert str(card.tier_until) != "2099-01-01"
	assert [row.event for row in card.history].count("Tier") == 1


def test_the_merged_card_hands_on_its_better_tier(programme):
	card = frappe.get_doc("Member Card", make_member(programme))
	buy(card.name, 1500)
	card.reload()
	other = make_card(card.customer, programme)
	other.activate()
	card.merge(other.name, "two cards")
	assert tier(other.name) == "Gold"
	assert ledger_audit.audit(other.name) == []


@pytest.mark.parametrize(
	"values, message",
	[
		({"as_of": "2099-01-01"}, "future"),
		({"programme": None}, "programme"),
	],
)
def test_bad_reviews_are_refused(programme, values, message):
	with pytest.raises(frappe.ValidationError, match=message):
		make_review(**{"programme": programme} | values)
	with pytest.raises(frappe.ValidationError, match="more visits"):
		tiers = [dict(TIERS[0]), {**TIERS[1], "stay_visits": 5}]
		make_programme(tiers=tiers)
	with pytest.raises(frappe.ValidationError, match="cannot count"):
		make_programme(tiers=TIERS, qualifying_months=24)


def test_sales_staff_see_lines_of_their_customers_alone(programme, as_user):
	seller = make_user("seller@tiers.test", "CRM Sales User")
	mine = make_card(make_customer(account_manager=seller).name, programme)
	theirs = make_card(make_customer(account_manager="Administrator").name, programme)
	for card in (mine, theirs):
		card.activate()
		make_due(card.name, "Gold")
	review = make_review(programme)
	tier_reviews.prepare(review.name)
	with as_user(seller):
		assert frappe.get_list("Tier Review Line", {"review": review.name}, pluck="card") == [mine.name]
