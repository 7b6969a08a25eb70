"""Segments: rules, counts and members on real tables."""

import frappe
import pytest
from crm_testing.customers import make_customer, make_tag, make_user
from crm_testing.marketing import make_segment, members_of, rule
from crm_testing.membership import make_card
from crm_testing.sales import make_return, make_transaction
from frappe.utils import add_days, nowdate

from crm_app.crm_marketing import segments
from crm_app.crm_marketing.doctype.customer_segment import actions

CITY = "Testville"  # keeps the customers of a test apart from those of the site


def customer(name: str = "Li Wei", **values) -> str:
	return make_customer(customer_name=name, **({"city": CITY} | values)).name


def buy(who: str, *days_and_amounts, **values):
	"""Sales of one line; answers the last."""
	for days_ago, amount in days_and_amounts:
		line = {"item_code": "TEA", "qty": 1, "rate": amount}
		sale = make_transaction(who, posting_date=add_days(nowdate(), -days_ago), items=[line], **values)
	return sale


def found(*rules, **values) -> set[str]:
	"""Customers of the test that the rules mean."""
	segment = make_segment(rule("city", "equals", CITY), *rules, **values)
	segments.refresh(segment)
	assert segment.member_count == len(members_of(segment.name))
	return members_of(segment.name)


def test_rules_over_customer_fields_select_customers():
	young = customer(birthday="2000-05-12", gender="Female")
	old = customer("Wang", birthday="1950-05-20", gender="Male")
	customer("No birthday")
	assert found(rule("Birthday", "at least", "1990-01-01")) == {young}
	assert found(rule("birthday", "month is", "5")) == {young, old}
	assert found(rule("birthday", "between", "1940-01-01, 1960-12-31")) == {old}
	assert found(rule("gender", "in", "Female")) == {young}
	assert len(found(rule("gender", "not equals", "Female"))) == 2  # nothing entered is not Female either
	assert len(found(rule("birthday", "is not set"))) == 1


def test_text_is_searched_literally_whatever_signs_it_holds():
	percent = customer("100% Cotton")
	customer("100 Cotton")
	assert found(rule("customer_name", "contains", "100%")) == {percent}
	assert found(rule("customer_name", "contains", "cotton'; drop table x; --")) == set()
	assert len(found(rule("customer_name", "does not contain", "%"))) == 1


def test_birthdays_of_the_next_days_are_found_over_the_turn_of_the_year(monkeypatch):
	from crm_app.crm_marketing import rule_conditions

	monkeypatch.setattr(rule_conditions, "nowdate", lambda: "2026-12-28")
	january, december = customer(birthday="1990-01-03"), customer(birthday="1985-12-30")
	customer(birthday="1990-02-01")
	assert found(rule("birthday", "anniversary in next days", "10")) == {january, december}


def test_totals_of_transactions_are_summed_returns_taken_off():
	good, poor, never = customer("Good"), customer("Poor"), customer("Never")
	buy(good, (10, 300), (40, 200))
	buy(poor, (100, 50))
	make_return(buy(good, (3, 150)), 1)
	buy(good, (1, 9999), submit=False)
	assert found(rule("amount", "equals", "500", "Transactions")) == {good}
	assert found(rule("Number of Purchases", "equals", "3", "Transactions")) == {good}
	assert found(rule("average_amount", "between", "166, 167", "Transactions")) == {good}
	assert found(rule("purchase_count", "equals", "0", "Transactions")) == {never}
	assert found(rule("amount", "less than", "100", "Transactions")) == {poor, never}


def test_days_since_the_last_purchase_leave_out_who_never_bought():
	recent, lapsed, never = customer("Recent"), customer("Lapsed"), customer("Never")
	buy(recent, (10, 1), (400, 1))
	buy(lapsed, (200, 1))
	assert found(rule("days_since_last", "at least", "90", "Transactions")) == {lapsed}
	assert found(rule("days_since_last", "less than", "90", "Transactions")) == {recent}
	assert found(rule("days_since_last", "between", "5, 15", "Transactions")) == {recent}
	assert found(rule("days_since_first", "greater than", "300", "Transactions")) == {recent}
	assert found(rule("last_date", "not in last days", "90", "Transactions")) == {lapsed, never}
	assert found(rule("last_date", "in last days", "30", "Transactions")) == {recent}


def test_a_period_limits_the_transactions_that_count():
	who = customer()
	buy(who, (5, 100), (200, 900))
	assert found(rule("amount", "at most", "100", "Transactions", 30)) == {who}
	assert found(rule("amount", "at least", "1000", "Transactions")) == {who}
	both = (
		rule("amount", "at most", "100", "Transactions", 30),
		rule("amount", "at least", "1000", "Transactions"),
	)
	assert found(*both) == {who}


def test_rules_about_cards_speak_of_one_and_the_same_card():
	who = customer()
	active = make_card(who)
	active.activate()
	make_card(who, active.programme)
	tier = active.tier or "Silver"
	same = (rule("tier", "equals", tier, "Member Card"), rule("Status", "equals", "Active", "Member Card"))
	assert found(*same) == {who}
	assert found(rule("active_card_count", "equals", "1", "Member Card")) == {who}
	active.suspend("Lost trust")
	assert found(*same) == set()
	assert found(rule("active_card_count", "equals", "0", "Member Card")) == {who}


def test_tags_can_be_asked_for():
	regular = customer(tags=[{"tag": make_tag("Regular")}, {"tag": make_tag("Coffee")}])
	plain = customer()
	assert found(rule("tags", "in", "Coffee, Tea")) == {regular}
	assert found(rule("tags", "not equals", "Coffee")) == {plain}
	assert found(rule("tags", "is set")) == {regular}


def test_any_rule_is_enough_when_the_segment_says_so():
	make_customer(city="Elsewhere", grade="Ordinary")
	vip = make_customer(city="Nowhere-1").name
	segment = make_segment(
		rule("city", "equals", "Nowhere-1"), rule("city", "equals", "Nowhere-2"), match_rules="Any"
	)
	segments.refresh(segment)
	assert members_of(segment.name) == {vip}


def test_merged_and_erased_customers_are_in_no_segment():
	who = customer()
	frappe.db.set_value("CRM Customer", who, "status_category", "Erased")
	assert found(rule("customer_name", "is set")) == set()


@pytest.mark.parametrize(
	("wrong", "message"),
	[
		(rule("birthdya", "is set"), "Row 1.*Birthday"),
		(rule("city", "at least", "5"), "Row 1.*cannot be compared"),
		(rule("amount", "equals", "many", "Transactions"), "Row 1.*not a number"),
		(rule("grade", "equals", "Platinum"), "Row 1.*no value"),
		(rule("id_number", "is set"), "Row 1.*no field"),
		(rule("1=1) or (1", "equals", "x"), "Row 1.*no field"),
	],
)
def test_wrong_rules_are_refused_with_their_row(wrong, message):
	with pytest.raises(frappe.ValidationError, match=message):
		make_segment(wrong)


def test_saving_counts_and_says_the_rules_in_words():
	customer()
	segment = make_segment(rule("City", "equals", CITY))
	assert segment.member_count == 1
	assert segment.rule_summary == f"City equals {CITY}"
	assert segment.rules[0].fieldname == "city"
	assert members_of(segment.name) == set()


def test_refreshing_adds_the_new_takes_out_the_old_and_is_idempotent():
	first, second = customer(), customer()
	segment = make_segment(rule("city", "equals", CITY))
	assert segments.refresh(segment) == {"added": 2, "removed": 0, "total": 2}
	assert segments.refresh(segment) == {"added": 0, "removed": 0, "total": 2}
	frappe.db.set_value("CRM Customer", first, "city", "Away")
	third = customer()
	assert segments.refresh(segment) == {"added": 1, "removed": 1, "total": 2}
	assert members_of(segment.name) == {second, third}


def test_a_snapshot_keeps_its_members_when_customers_move():
	who = customer()
	segment = make_segment(rule("city", "equals", CITY))
	actions.make_snapshot({"name": segment.name})
	snapshot = frappe.get_last_doc("Customer Segment", {"source_segment": segment.name})
	frappe.db.set_value("CRM Customer", who, "city", "Away")
	assert members_of(snapshot.name) == {who}
	assert segments.count(snapshot) == 1
	with pytest.raises(frappe.ValidationError, match="stays as it was"):
		segments.refresh(snapshot)


def test_manual_segments_take_members_by_hand_each_once_and_dynamic_ones_none():
	who, manual = customer(), make_segment()
	values = {"doctype": "Customer Segment Member", "customer": who}
	member = frappe.get_doc({**values, "segment": manual.name}).insert()
	assert frappe.db.get_value("Customer Segment", manual.name, "member_count") == 1
	with pytest.raises(frappe.DuplicateEntryError):
		frappe.get_doc({**values, "segment": manual.name}).insert()
	member.delete()
	assert frappe.db.get_value("Customer Segment", manual.name, "member_count") == 0
	dynamic = make_segment(rule("city", "equals", CITY))
	with pytest.raises(frappe.ValidationError, match="manual"):
		frappe.get_doc({**values, "segment": dynamic.name}).insert()
	with pytest.raises(frappe.ValidationError, match="by hand"):
		segments.refresh(manual)


def test_deleting_a_segment_takes_its_members_along():
	customer()
	segment = make_segment(rule("city", "equals", CITY))
	segments.refresh(segment)
	segment.delete()
	assert members_of(segment.name) == set()


def test_the_nightly_refresh_goes_on_after_a_broken_segment():
	who = customer()
	broken, sound = make_segment(rule("city", "equals", CITY)), make_segment(rule("city", "equals", CITY))
	frappe.db.set_value("Customer Segment Rule", {"parent": broken.name}, "fieldname", "no_such_field")
	segments.refresh_dynamic_segments()
	assert members_of(sound.name) == {who}
	assert members_of(broken.name) == set()


def test_a_sales_user_is_told_both_numbers_and_lists_own_customers_only(as_user):
	sales = make_user("seg_sales@test.crm", "CRM Sales User")
	own = customer(account_manager=sales)
	customer("Other", account_manager=make_user("seg_other@test.crm", "CRM Sales User"))
	segment = make_segment(rule("city", "equals", CITY))
	segments.refresh(segment)
	with as_user(sales):
		assert actions.visible_count(segment) == 1
		listed = frappe.get_list(
			"Customer Segment Member", filters={"segment": segment.name}, pluck="customer"
		)
		assert listed == [own]
		with pytest.raises(frappe.PermissionError):
			actions.refresh_members({"name": segment.name})


def test_the_form_is_offered_fields_with_labels(as_user):
	from crm_app.crm_marketing.segment_fields import options

	offered = options()
	assert {"value": "city", "label": "City"} in offered["Customer"]
	assert "id_number" not in [field["value"] for field in offered["Customer"]]
	with as_user(make_user("seg_sales@test.crm", "CRM Sales User")), pytest.raises(frappe.PermissionError):
		options()


def test_a_chinese_user_is_told_what_is_wrong_in_chinese_and_may_use_chinese_words():
	frappe.local.lang = "zh"
	with pytest.raises(frappe.ValidationError, match=r"第 1 行：.*不能使用.*等于"):
		make_segment(rule("城市", "at least", "5"))
	segment = make_segment(rule("城市", "equals", CITY))
	assert segment.rules[0].fieldname == "city"
	assert segment.rule_summary.startswith("城市 等于")
