import frappe
import pytest
from crm_testing.customers import history, make_customer, make_user
from crm_testing.membership import TIERS, make_card, make_programme
from frappe.utils import add_days, add_months, getdate, nowdate

from crm_app.crm_membership import api
from crm_app.crm_membership.cards import expire_cards
from crm_app.crm_membership.domain.card_number import is_valid


@pytest.fixture
def customer():
	return make_customer(mobile_no="13800138000").name


@pytest.fixture
def card(customer):
	return make_card(customer)


def test_a_card_gets_the_next_number_of_its_programme(customer):
	programme = make_programme(card_length=16)
	first, second = (make_card(customer, programme.name) for _turn in range(2))
	assert first.name == first.card_no != second.card_no
	for card in (first, second):
		assert is_valid(card.card_no) and len(card.card_no) == 16
		assert card.card_no.startswith(programme.card_prefix)


def test_a_new_card_has_the_lowest_tier_and_its_validity(card):
	assert (card.tier, card.status_category, card.mobile_no) == ("Silver", "Issued", "+8613800138000")
	assert getdate(card.valid_until) == getdate(add_months(nowdate(), 12))


def test_a_programme_without_validity_issues_cards_for_ever(customer):
	assert not make_card(customer, make_programme(valid_months=0).name).valid_until


def test_a_typed_number_is_checked_and_unique(customer):
	programme = make_programme().name
	assert make_card(customer, programme, card_no="4111 1111-1111 1111").name == "4111111111111111"
	with pytest.raises(frappe.ValidationError, match="check digit"):
		make_card(customer, programme, card_no="4111111111111112")
	with pytest.raises(frappe.DuplicateEntryError):
		make_card(customer, programme, card_no="4111111111111111")


def test_numbers_of_another_system_come_in_where_the_programme_allows(customer):
	programme = make_programme(accept_foreign_numbers=1).name
	assert make_card(customer, programme, card_no="VIP0042").name == "VIP0042"


def test_one_customer_holds_several_cards(customer):
	programme = make_programme().name
	assert make_card(customer, programme).name != make_card(customer, programme).name


@pytest.mark.parametrize(
	("moves", "status"),
	[
		(["activate"], "Active"),
		(["activate", "suspend"], "Suspended"),
		(["activate", "suspend", "activate"], "Active"),
		(["activate", "report_lost"], "Lost"),
		(["activate", "report_lost", "activate"], "Active"),
		(["activate", "renew"], "Active"),
	],
)
def test_legal_moves(card, moves, status):
	for move in moves:
		card.run_method(move)
	assert card.reload().status_category == status
	assert len(card.history) == len(moves) + 1


@pytest.mark.parametrize(
	("moves", "illegal"),
	[
		([], "renew"),
		([], "expire"),
		(["suspend"], "replace"),
		(["replace"], "activate"),
		(["activate"], "activate"),
	],
)
def test_illegal_moves_say_why(card, moves, illegal):
	for move in moves:
		card.run_method(move)
	with pytest.raises(frappe.ValidationError):
		card.run_method(illegal)


def test_a_lost_card_is_replaced_by_a_linked_one(card):
	card.run_method("activate")
	card.run_method("report_lost", reason="Left in a taxi")
	new = card.replace("Taxi")
	card.reload()
	assert (card.status_category, card.replaced_by) == ("Replaced", new.name)
	assert (new.replaces, new.status_category, new.tier) == (card.name, "Issued", card.tier)
	assert getdate(new.valid_until) == getdate(card.valid_until)
	assert history(card, "history", "event", "from_status", "to_status", "reason")[-2:] == [
		("Report Lost", "Active", "Lost", "Left in a taxi"),
		("Replace", "Lost", "Replaced", "Taxi"),
	]


def test_the_status_is_not_set_by_hand(card):
	card.status_category = "Active"
	with pytest.raises(frappe.ValidationError, match="buttons"):
		card.save()


def test_a_new_card_cannot_pretend(customer):
	card = make_card(customer, status_category="Active", activated_on="2020-01-01")
	assert (card.status_category, card.activated_on) == ("Issued", None)


def test_history_and_links_are_not_edited(card):
	card.run_method("activate")
	card.history, card.activated_on = [], "2001-01-01"
	card.save()
	card.reload()
	assert history(card, "history", "event") == [("Issue",), ("Activate",)]
	assert str(card.activated_on) == nowdate()


def test_a_change_of_tier_is_remembered(card):
	card.tier = "Gold"
	card.save()
	assert history(card, "history", "event", "detail")[-1] == ("Tier", "Silver → Gold")
	card.tier = "Platinum"
	with pytest.raises(frappe.ValidationError, match="Platinum"):
		card.save()


def test_cards_expire_at_night_and_can_be_renewed(card):
	card.run_method("activate")
	frappe.db.set_value("Member Card", card.name, {"issued_on": "2020-01-01", "valid_until": "2021-01-01"})
	assert expire_cards() >= 1
	card.reload()
	assert card.status_category == "Expired"
	card.renew()
	assert card.status_category == "Active"
	assert getdate(card.valid_until) == getdate(add_months(nowdate(), 12))


def test_cards_without_an_end_never_expire(customer):
	eternal = make_card(customer, make_programme(valid_months=0).name)
	expire_cards()
	assert eternal.reload().status_category == "Issued"
	assert not frappe.db.exists("Error Log", {"method": ["like", f"%{eternal.name}%"]})


def test_an_early_renewal_loses_no_days(card):
	until = card.valid_until
	card.run_method("activate")
	card.renew()
	assert getdate(card.valid_until) == getdate(add_months(until, 12))


def test_a_card_on_its_last_day_stays(card):
	frappe.db.set_value("Member Card", card.name, "valid_until", nowdate())
	expire_cards()
	assert frappe.db.get_value("Member Card", card.name, "status_category") == "Issued"


def test_the_buttons_answer_with_the_card(card):
	assert api.activate(frappe.as_json(card.as_dict()))["status_category"] == "Active"
	assert api.report_lost({"doctype": "Member Card", "name": card.name})["status_category"] == "Lost"
	assert api.replace({"doctype": "Member Card", "name": card.name})["replaced_by"]


def test_the_buttons_need_the_right(card, as_user):
	with as_user(make_user("reader@cards.test", "CRM Marketing User")):
		with pytest.raises(frappe.PermissionError):
			api.activate({"doctype": "Member Card", "name": card.name})
		with pytest.raises(frappe.PermissionError):
			card.suspend()


def test_a_closed_programme_takes_no_members(customer):
	programme = make_programme()
	programme.status_category = "Closed"
	programme.save()
	with pytest.raises(frappe.ValidationError, match="no new members"):
		make_card(customer, programme.name)


def test_prefixes_of_two_programmes_never_meet():
	prefix = make_programme().card_prefix
	with pytest.raises(frappe.ValidationError, match="runs into"):
		make_programme(card_prefix=prefix + "1")
	with pytest.raises(frappe.ValidationError, match="runs into"):
		make_programme(card_prefix=prefix[:-1])


@pytest.mark.parametrize(
	("tiers", "says"),
	[
		([TIERS[0], TIERS[0]], "Gold"),
		([{"tier_name": "A", "tier_level": 1, "entry_amount": 10, "stay_amount": 11}], "staying"),
		([TIERS[0], {"tier_name": "B", "tier_level": 3, "entry_amount": 1}], "asks for less"),
	],
)
def test_tiers_that_contradict_each_other_are_refused(tiers, says):
	with pytest.raises(frappe.ValidationError, match=says):
		make_programme(tiers=tiers)


def test_benefits_grow_with_the_tier():
	programme = make_programme(
		benefits=[
			{"kind": "Discount", "value": "5 %"},
			{"kind": "Free Parking", "tier_name": "Gold"},
		]
	)
	assert len(programme.benefits_of("Silver")) == 1
	assert len(programme.benefits_of("Gold")) == 2
	programme.append("benefits", {"kind": "Event", "tier_name": "Platinum"})
	with pytest.raises(frappe.ValidationError, match="Platinum"):
		programme.save()


def test_yesterday_is_no_validity(customer):
	with pytest.raises(frappe.ValidationError, match="Valid Until"):
		make_card(customer, valid_until=add_days(nowdate(), -1))
