"""Birthday benefits: by tier, each once a year, on time or a little late."""

from datetime import date

import frappe
import pytest
from crm_testing.coupons import make_template
from crm_testing.customers import make_customer
from crm_testing.ledger import held
from crm_testing.membership import make_card, make_programme

from crm_app.crm_membership import birthdays, ledger_audit
from crm_app.crm_membership.birthdays import celebrated

TODAY = date(2026, 5, 17)


def member(programme, birthday="1990-05-17", **values):
	card = make_card(make_customer(birthday=birthday).name, programme, **values)
	card.activate()
	return card


def gift(**values):
	return {"kind": "Birthday Gift"} | values


@pytest.fixture
def template():
	return make_template().name


@pytest.fixture
def programme(template):
	return make_programme(
		benefits=[gift(points=100, coupon_template=template), gift(tier_name="Gold", points=50)]
	).name


def coupons_of(card):
	return frappe.db.count("Coupon", {"customer": card.customer})


def test_points_and_coupon_come_once_a_year(programme):
	card = member(programme)
	assert birthdays.give(TODAY) == 2
	assert birthdays.give(TODAY) == 0
	assert birthdays.give(date(2026, 5, 20)) == 0
	assert (held(card.name), coupons_of(card)) == (100, 1)
	assert birthdays.give(date(2027, 5, 17)) == 2
	assert (held(card.name), coupons_of(card)) == (200, 2)
	assert ledger_audit.audit(card.name) == []


def test_a_higher_tier_gets_its_own_besides(programme):
	card = member(programme, tier="Gold")
	birthdays.give(TODAY)
	assert held(card.name) == 150


def test_a_second_or_a_new_card_gets_nothing_again(programme):
	card = member(programme)
	second = make_card(card.customer, programme)
	second.activate()
	assert birthdays.give(TODAY) == 2
	new = card.replace("torn")
	new.activate()
	assert birthdays.give(date(2026, 5, 18)) == 0
	assert coupons_of(card) == 1


@pytest.mark.parametrize(
	"birthday, today, before, day",
	[
		("2000-02-29", "2026-02-28", 0, "2026-02-28"),
		("2000-02-29", "2028-02-29", 0, "2028-02-29"),
		("2000-02-29", "2028-02-28", 0, None),
		("2000-01-03", "2025-12-30", 5, "2026-01-03"),
		("2000-12-30", "2026-01-02", 0, "2025-12-30"),
		("2000-05-17", "2026-05-25", 0, None),
		("2000-05-17", "2026-05-16", 0, None),
	],
)
def test_the_day_that_is_celebrated(birthday, today, before, day):
	found = celebrated(date.fromisoformat(birthday), date.fromisoformat(today), before)
	assert (found and found.isoformat()) == day


def test_born_on_a_leap_day_celebrates_every_year(programme):
	card = member(programme, "2000-02-29")
	assert birthdays.give(date(2026, 2, 28)) == 2
	assert birthdays.give(date(2027, 3, 1)) == 2
	assert held(card.name) == 200


def test_days_before_bring_it_forward():
	programme = make_programme(benefits=[gift(points=10, days_before=7)]).name
	card = member(programme, "1990-05-24")
	member(programme, "1990-05-25")
	assert birthdays.give(TODAY) == 1
	assert held(card.name) == 10


def test_inactive_cards_and_customers_get_nothing(programme):
	member(programme).suspend()
	make_card(make_customer(birthday="1990-05-17").name, programme)
	assert birthdays.give(TODAY) == 0


def test_a_run_that_was_killed_gives_the_rest(programme, monkeypatch):
	cards = [member(programme) for _n in range(5)]
	monkeypatch.setattr(birthdays, "PAGE", 2)
	real, calls = birthdays._give_member, []

	def breaks(*args):
		calls.append(1)
		if len(calls) == 4:
			raise KeyboardInterrupt
		return real(*args)

	monkeypatch.setattr(birthdays, "_give_member", breaks)
	with pytest.raises(KeyboardInterrupt):
		birthdays.give(TODAY)
	frappe.db.rollback()
	monkeypatch.setattr(birthdays, "_give_member", real)
	birthdays.give(TODAY)
	assert [held(card.name) for card in cards] == [100] * 5
	assert [coupons_of(card) for card in cards] == [1] * 5


def test_two_gifts_of_points_for_one_tier_and_long_leads_are_refused():
	with pytest.raises(frappe.ValidationError):
		make_programme(benefits=[gift(points=10), gift(points=5)])
	with pytest.raises(frappe.ValidationError, match="at most 31"):
		make_programme(benefits=[gift(points=10, days_before=40)])
