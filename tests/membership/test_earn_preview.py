"""What a rule would have given on past sales; nothing is written."""

from datetime import date
from decimal import Decimal as D

import frappe
import pytest
from crm_testing.customers import make_customer, make_user
from crm_testing.membership import make_card, make_programme
from crm_testing.sales import make_return, make_transaction

from crm_app.crm_membership import earn_preview
from crm_app.crm_membership.doctype.earn_rule import actions
from crm_app.crm_membership.report.earn_rule_preview.earn_rule_preview import execute

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
DAYS = ("2026-01-10", "2026-02-10", "2026-02-20", "2026-04-01")


@pytest.fixture
def programme():
	"""Two members with a sale of 100 on each of DAYS."""
	made = make_programme(points_per_unit=1)
	for _member in range(2):
		card = make_card(make_customer(birthday="1990-02-14").name, made.name)
		card.activate()
		for day in DAYS:
			make_transaction(card.customer, member_card=card.name, posting_date=day)
	return made.name


def make_rule(programme, **values):
	values = {
		"rule_name": f"Preview {frappe.generate_hash(length=6)}",
		"effect": "Fixed Points",
		"value": 50,
	} | values
	return frappe.get_doc({"doctype": "Earn Rule", "programme": programme, "active": 0, **values}).insert()


def counted(rule, **values):
	preview, complete = earn_preview.preview(rule, FIRST, LAST, **values)
	assert complete
	return preview


def test_a_rule_that_is_not_active_yet_is_counted_beside_what_was_given(programme):
	preview = counted(make_rule(programme))
	february = preview.months["2026-02"]
	assert (february.sales, february.hit, february.customers) == (4, 4, 2)
	assert (february.by_rule, february.with_rule, february.granted) == (200, 600, 400)
	assert sorted(preview.months) == ["2026-01", "2026-02"] and preview.customers == 2


def test_nothing_is_written(programme):
	before = [frappe.db.count(doctype) for doctype in ("Member Earning", "Member Ledger Entry", "Member Lot")]
	counted(make_rule(programme))
	after = [frappe.db.count(doctype) for doctype in ("Member Earning", "Member Ledger Entry", "Member Lot")]
	assert before == after


def test_portions_change_nothing(programme, monkeypatch):
	rule = make_rule(programme, cap_period=70)
	whole = counted(rule)
	monkeypatch.setattr(earn_preview, "PORTION", 1)
	assert counted(rule).months == whole.months


def test_limits_per_customer_count_in_the_order_of_the_days(programme):
	preview = counted(make_rule(programme, cap_period=70, period="Calendar Year"))
	assert preview.months["2026-01"].by_rule == 100
	assert (preview.months["2026-02"].by_rule, preview.months["2026-02"].hit) == (40, 2)


def test_birthdays_and_segments_are_read_for_the_whole_portion(programme):
	assert counted(make_rule(programme, birthday="In the Month")).months["2026-01"].hit == 0
	assert counted(make_rule(programme, birthday="In the Month")).months["2026-02"].hit == 4
	segment = frappe.get_doc(
		{"doctype": "Customer Segment", "segment_name": "Preview", "kind": "Manual"}
	).insert()
	member = frappe.db.get_value("Member Card", {"programme": programme}, "customer")
	frappe.get_doc(
		{"doctype": "Customer Segment Member", "segment": segment.name, "customer": member}
	).insert()
	preview = counted(make_rule(programme, segment=segment.name))
	assert preview.customers == 1 and preview.months["2026-02"].hit == 2


def test_a_rule_in_force_shows_what_it_gives_more_than_before(programme):
	rule = make_rule(programme)
	rule.active = 1
	rule.save()
	card = frappe.get_last_doc("Member Card", {"programme": programme})
	sale = make_transaction(card.customer, member_card=card.name, posting_date="2026-03-05")
	make_return(sale, 1, posting_date="2026-03-06")
	rule.value = 80
	rule.save()
	march = counted(rule).months["2026-03"]
	assert (march.with_rule, march.granted) == (180, 150)


def test_a_long_period_is_cut_and_says_so(programme):
	preview, complete = earn_preview.preview(make_rule(programme), FIRST, LAST, most=3)
	assert not complete and sum(month.sales for month in preview.months.values()) == 3


def test_the_report(programme):
	rule = make_rule(programme)
	filters = {"rule": rule.name, "from_date": FIRST, "to_date": LAST}
	columns, rows, note, chart, cards = execute(filters)
	assert [row["month"] for row in rows] == ["2026-01", "2026-02"]
	assert rows[1] | {} == {
		"month": "2026-02", "sales": 4, "hit": 4, "customers": 2, "by_rule": 200, "with_rule": 600,
		"granted": 400, "difference": 200,
	}  # fmt: skip
	assert {column["fieldname"] for column in columns} == set(rows[0])
	assert len(chart["data"]["datasets"]) == 3 and "today's tiers" in note
	assert [card["value"] for card in cards] == [6, 6, 2, 300.0, float(D("0.01") * 300)]
	assert execute({})[1] == []
	with pytest.raises(frappe.ValidationError, match="lies after"):
		execute({**filters, "to_date": "2025-01-01"})


def test_the_button_tells_the_sum(programme, as_user):
	card = frappe.get_last_doc("Member Card", {"programme": programme})
	make_transaction(card.customer, member_card=card.name, posting_date=frappe.utils.nowdate())
	rule = make_rule(programme)
	frappe.clear_messages()
	actions.preview({"name": rule.name})
	told = str(frappe.local.message_log)
	assert "1 of 1 sales" in told and "50 points" in told
	with as_user(make_user("cashier@rules.test", "CRM Cashier")):
		with pytest.raises(frappe.PermissionError):
			actions.preview({"name": rule.name})
