"""What the members' reports add up, and that the reconciliation finds every mismatch that is planted."""

import frappe
import pytest
from crm_testing.coupons import make_coupon, redeem
from crm_testing.customers import make_customer, make_user
from crm_testing.ledger import grant, make_member, spend
from crm_testing.membership import make_card, make_programme
from crm_testing.sales import make_return, make_store, make_transaction
from frappe.utils import add_days, add_months, getdate, nowdate

from crm_app.crm_membership import expiry, reconciling
from crm_app.crm_membership.domain.kinds import BONUS, PRINCIPAL
from crm_app.crm_membership.report.ledger_reconciliation.ledger_reconciliation import execute as reconcile
from crm_app.crm_membership.report.points_liability.points_liability import execute as liability
from crm_app.crm_membership.report.points_movement.points_movement import execute as movement
from crm_app.crm_membership.report.tier_migration.tier_migration import execute as tier_migration
from crm_app.crm_membership.report.top_ups_and_stored_value.top_ups_and_stored_value import execute as top_ups


@pytest.fixture
def programme():
	return make_programme(point_value=0.02).name


def sell(card, amount=100, **values):
	customer = frappe.db.get_value("Member Card", card, "customer")
	line = {"item_code": "TEA", "item_name": "Tea", "category": "Drinks", "qty": 10, "rate": amount / 10}
	values = {"posting_date": nowdate(), "member_card": card, "items": [line]} | values
	return make_transaction(customer, **values)


def top_up(card, amount, **values):
	doc = frappe.get_doc({"doctype": "Member Top-up", "card": card, "amount": amount, **values}).insert()
	doc.submit()
	return doc


def two_members(programme, seller):
	mine = make_card(make_customer(account_manager=seller).name, programme)
	theirs = make_card(make_customer(account_manager="Administrator").name, programme)
	for card in (mine, theirs):
		card.activate()
	return mine.name, theirs.name


def columns_are_filled(columns, rows):
	return {column["fieldname"] for column in columns} <= set(rows[0])


# -- liability


def test_what_is_outstanding_by_age_is_worth_its_money(programme):
	card = make_member(programme)
	lot = grant(card, 1000)
	frappe.db.set_value("Member Lot", lot, "granted_at", add_months(nowdate(), -7))
	grant(card, 500)
	spend(card, 100)
	grant(card, 40, PRINCIPAL)
	grant(card, 5, BONUS)
	grant(card, 77, expires_on=add_days(nowdate(), -1))
	columns, rows, _note, chart, cards = liability({"programme": programme})
	assert [(row["bucket"], row["points"], row["worth"]) for row in rows] == [
		("Up to 3 months", 500, 55),
		("6 to 12 months", 900, 18),
	]
	assert columns_are_filled(columns, rows)
	assert chart["data"]["datasets"][0]["values"] == [55, 18]
	assert [card["value"] for card in cards] == [1400, 40, 5, 73, 0]


def test_what_is_outstanding_by_month_of_expiry(programme):
	card = make_member(programme)
	last = add_days(nowdate(), 40)
	grant(card, 100, expires_on=last)
	grant(card, 30)
	rows = liability({"programme": programme, "by": "Expiry Month"})[1]
	assert [(row["bucket"], row["points"]) for row in rows] == [(str(last)[:7], 100), ("Never", 30)]
	assert "order_date" in rows[0]["bucket_route"]


# -- movement


def test_every_month_ends_with_the_balance_of_the_accounts(programme):
	card = make_member(programme)
	sale = sell(card, 500)
	make_return(sale, 2, member_card=card)
	spend(card, 50)
	grant(card, 20, expires_on=add_days(nowdate(), -1))
	expiry.expire_lots()
	columns, rows, _note, chart, cards = movement({"programme": programme})
	last = rows[-1]
	assert len(rows) == 12 and columns_are_filled(columns, rows)
	found = {name: last[name] for name in ("issued", "redeemed", "returned", "expired", "other", "balance")}
	assert found == {
		"issued": 500,
		"redeemed": -50,
		"returned": -100,
		"expired": -20,
		"other": 20,
		"balance": 350,
	}
	assert last["balance"] == frappe.db.get_value("Member Account", card, "points")
	assert last["breakage"] == 4.0 == cards[3]["value"]
	assert [dataset["values"][-1] for dataset in chart["data"]["datasets"]] == [500, 50, 20, 100]
	later = movement({"programme": programme, "from_date": nowdate(), "to_date": nowdate()})[1]
	assert later[0]["balance"] == 350
	with pytest.raises(frappe.ValidationError, match="lies after"):
		movement({"from_date": "2026-02-02", "to_date": "2026-02-01"})


# -- tiers


def test_who_moved_from_which_tier_to_which():
	tiers = [{"tier_name": name, "tier_level": level} for level, name in enumerate(("A", "B", "C"), 1)]
	programme = make_programme(tiers=tiers).name
	start, end = add_days(nowdate(), -20), add_days(nowdate(), -5)
	moves = {"up": ("A", "B"), "later": ("A", "A"), "still": ("C", "C"), "new": None}
	for who in moves:
		tier = "C" if who == "still" else "A"
		issued = add_days(nowdate(), -3 if who == "new" else -100)
		card = make_card(make_customer().name, programme, tier=tier, issued_on=issued)
		if who in ("up", "later"):
			card.tier = "B"
			card.save()
			day = add_days(nowdate(), -10 if who == "up" else -1)
			frappe.db.set_value("Member Tier Change", {"card": card.name}, "posting_date", day)
	columns, rows, _note, chart, cards = tier_migration(
		{"programme": programme, "from_date": start, "to_date": end}
	)
	names = [column["fieldname"] for column in columns]
	assert names == ["tier", "t0", "t1", "t2", "total"]
	assert [tuple(row[name] for name in names) for row in rows] == [
		("A", 1, 1, 0, 2),
		("B", 0, 0, 0, 0),
		("C", 0, 0, 1, 1),
	]
	assert "from_tier=A" in rows[0]["t1_route"]
	assert [dataset["values"] for dataset in chart["data"]["datasets"]] == [[2, 0, 1], [1, 1, 1]]
	assert [card["value"] for card in cards] == [3, 1, 0]


# -- stored value


def test_what_was_paid_in_given_and_spent_by_store_and_month(programme):
	offer = {"doctype": "Top-up Offer", "offer_name": f"Extra {programme}", "programme": programme}
	frappe.get_doc({**offer, "pay_amount": 100, "bonus_amount": 10}).insert()
	store = make_store("Value Store").name
	card = make_member(programme)
	top_up(card, 100, store=store)
	spend(card, 30, PRINCIPAL, "Payment")
	spend(card, 4, BONUS, "Payment")
	by_store = {row["bucket"]: row for row in top_ups({"programme": programme, "by": "Store"})[1]}
	assert (by_store[store]["principal"], by_store[store]["bonus"]) == (100, 10)
	assert by_store["Without a Store"]["spent_principal"] == 30
	columns, rows, _note, chart, cards = top_ups({"programme": programme})
	assert columns_are_filled(columns, rows) and rows[0]["change"] == 76
	assert [dataset["values"] for dataset in chart["data"]["datasets"]] == [[100], [10], [34]]
	assert [card["value"] for card in cards] == [100, 10, 34, 0]
	assert not top_ups({"programme": programme, "to_date": "2020-01-01"})[1]


# -- who sees what


def test_sales_staff_add_up_their_customers_alone(programme, as_user):
	seller = make_user("seller@member-reports.test", "CRM Sales User")
	for card in two_members(programme, seller):
		grant(card, 100)
		grant(card, 10, PRINCIPAL, "Top-up")
	with as_user(seller):
		assert liability({"programme": programme})[4][0]["value"] == 100
		assert movement({"programme": programme})[1][-1]["balance"] == 100
		assert tier_migration({"programme": programme, "from_date": nowdate()})[4][0]["value"] == 1
		assert top_ups({"programme": programme})[4][0]["value"] == 10
		with pytest.raises(frappe.PermissionError):
			reconcile({})


# -- reconciliation


@pytest.fixture
def sound(programme):
	"""(card, sale, return, coupon, top-up) of a ledger without mismatches."""
	card = make_member(programme)
	sale = sell(card, 500)
	back = make_return(sale, 2, member_card=card)
	paid = top_up(card, 50)
	coupon = make_coupon()
	redeem(coupon, name=sale.name)
	spent = sell(card, 100)
	spend(card, 50)
	return frappe._dict(
		card=card, sale=sale.name, back=back.name, paid=paid.name, coupon=coupon, other=spent.name
	)


def titles(card):
	return {row["title"] for row in reconciling.mismatches(card=card)}


def entry_of(voucher, **filters):
	return frappe.get_all("Member Ledger Entry", {"voucher_no": voucher, **filters}, pluck="name")[0]


def forge_amount(voucher, by, **filters):
	name = entry_of(voucher, **filters)
	amount = frappe.db.get_value("Member Ledger Entry", name, "amount")
	frappe.db.set_value("Member Ledger Entry", name, "amount", amount + by)


PLANTED = {
	"Sale or return not posted": lambda s: frappe.db.delete("Member Earning", {"transaction": s.other}),
	"Points of a sale that is cancelled or gone": lambda s: frappe.db.set_value(
		"CRM Transaction", s.other, "docstatus", 2
	),
	"Points of a sale differ from the ledger": lambda s: forge_amount(s.other, 7, kind="Points"),
	"Tier credit of a sale differs from the ledger": lambda s: forge_amount(s.other, 7, kind="Tier Credit"),
	"A return took more points than its sale earned": lambda s: forge_amount(s.back, -7, kind="Points"),
	"Spent in a sale that is cancelled and not given back": lambda s: (
		frappe.db.set_value(
			"Member Ledger Entry",
			{"entry_type": "Redeem", "account": s.card},
			{"voucher_type": "CRM Transaction", "voucher_no": s.other},
		),
		frappe.db.set_value("CRM Transaction", s.other, "docstatus", 2),
	),
	"Ledger entries of a sale that is gone": lambda s: frappe.db.delete("CRM Transaction", {"name": s.other}),
	"A top-up differs from the ledger": lambda s: forge_amount(s.paid, 1, kind="Principal"),
	"A coupon redeemed in a sale that is cancelled": lambda s: frappe.db.set_value(
		"CRM Transaction", s.sale, "docstatus", 2
	),
	"Balance, entries and lots disagree": lambda s: frappe.db.set_value(
		"Member Account", s.card, "points", 12345
	),
}


def test_a_sound_ledger_has_no_mismatch(sound):
	_columns, rows, note, chart, cards = reconcile({"card": sound.card})
	assert (rows, chart, cards[0]["value"]) == ([], None, 0) and note
	assert reconcile({"from_date": "2020-01-01"})[1] == []


@pytest.mark.parametrize("title", PLANTED)
def test_every_planted_mismatch_is_found(sound, title):
	PLANTED[title](sound)
	assert title in titles(sound.card)
	columns, rows, _note, chart, _cards = reconcile({"card": sound.card})
	assert rows and columns_are_filled(columns, rows) and chart
	assert all(row["remedy"] for row in rows)


def test_a_miscounted_coupon_and_a_false_adjustment_are_found(sound):
	frappe.db.set_value("Coupon", sound.coupon, "use_count", 5)
	paper = {"doctype": "Member Adjustment", "card": sound.card, "change": 5, "kind": "Points", "reason": "x"}
	adjustment = frappe.get_doc(paper).insert()
	frappe.db.set_value("Member Adjustment", adjustment.name, "docstatus", 1)
	found = {row["title"]: row for row in reconciling.mismatches()}
	assert found["Uses of a coupon differ from its entries"]["found"] == 5
	assert found["An approved adjustment differs from the ledger"]["expected"] == 5


def test_reports_open_with_every_filter(programme):
	day = {"from_date": str(add_days(getdate(), -400)), "to_date": nowdate(), "programme": programme}
	for execute in (liability, movement, tier_migration, top_ups):
		assert execute(day)[0]
	assert movement({"kind": PRINCIPAL, "store": "Nowhere"})[1]
