"""A coupon at the till: redeemed once, released on cancel, expired at night."""

from decimal import Decimal

import frappe
import pytest
from crm_testing.coupons import (
	at,
	codes_of,
	kinds,
	make_batch,
	make_coupon,
	make_deal,
	make_platform,
	make_template,
	redeem,
	sale,
	state,
)
from crm_testing.customers import make_customer, make_user
from crm_testing.membership import make_card, make_programme
from frappe.utils import add_days, getdate, now_datetime, nowdate

from crm_app.crm_membership import coupon_counts, coupon_states, coupons, vouchers
from crm_app.crm_membership.doctype.coupon import actions
from crm_app.crm_membership.doctype.coupon_batch import actions as batch_actions
from crm_app.crm_membership.domain.coupon_code import shown
from crm_app.crm_membership.domain.errors import Refused


@pytest.fixture
def customer():
	return make_customer().name


def refused(code: str, call, *args, **kwargs):
	with pytest.raises(Refused) as error:
		call(*args, **kwargs)
	assert error.value.code == code
	return error.value


def test_a_coupon_is_used_once(customer):
	code = make_coupon(customer=customer)
	done = redeem(code, customer)
	assert (done.coupon, done.discount, done.repeated) == (code, 20, False)
	assert state(code) == ("Redeemed", 1) and kinds(code) == ["Issued", "Redeemed"]
	refused("COUPON_USED", redeem, code, customer, "SALE-2")
	entry = frappe.get_doc("Coupon Entry", done.entry)
	assert (entry.voucher_no, entry.discount_amount, entry.sale_amount) == ("SALE-1", 20, 100)


def test_the_same_call_again_answers_as_the_first_time(customer):
	code = make_coupon(customer=customer)
	first, again = redeem(code, customer), redeem(code, customer)
	assert again.repeated and (again.entry, again.discount) == (first.entry, first.discount)
	assert state(code) == ("Redeemed", 1)


def test_codes_are_found_as_typed(customer):
	code = make_coupon()
	assert coupons.find(shown(code).lower()) == code
	wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
	refused("COUPON_CHECK", coupons.find, wrong)
	refused("COUPON_UNKNOWN", coupons.find, "SPRING")
	refused("COUPON_UNKNOWN", coupons.find, "")


def test_a_cancelled_sale_gives_its_coupons_back_once(customer):
	code = make_coupon(customer=customer)
	redeem(code, customer)
	assert len(coupons.release("CRM Transaction", "SALE-1")) == 1
	assert coupons.release("CRM Transaction", "SALE-1") == []
	assert state(code) == ("Issued", 0)
	sums = frappe.db.get_value("Coupon", code, ["discount_amount", "sale_amount"])
	assert [Decimal(str(number)) for number in sums] == [0, 0]
	redeem(code, customer, "SALE-2")
	assert kinds(code) == ["Issued", "Redeemed", "Released", "Redeemed"]


def test_a_coupon_for_several_uses(customer):
	code = make_coupon(make_template(uses_per_coupon=2), customer)
	redeem(code, customer, "S1")
	assert state(code) == ("Issued", 1)
	redeem(code, customer, "S2")
	refused("COUPON_USED", redeem, code, customer, "S3")
	coupons.release("CRM Transaction", "S1")
	assert state(code) == ("Issued", 1)


def test_all_uses_of_a_template_are_counted(customer):
	template = make_template(total_limit=2)
	codes = codes_of(make_batch(template, quantity=3))
	redeem(codes[0], None, "S1")
	redeem(codes[1], None, "S2")
	assert "2" in str(refused("COUPON_LIMIT", redeem, codes[2], None, "S3"))
	coupons.release("CRM Transaction", "S1")
	redeem(codes[2], None, "S3")


def test_uses_of_a_customer_are_counted(customer):
	template, other = make_template(customer_limit=1), make_customer().name
	codes = codes_of(make_batch(template, quantity=3))
	redeem(codes[0], customer, "S1")
	refused("COUPON_CUSTOMER_LIMIT", redeem, codes[1], customer, "S2")
	refused("COUPON_NEEDS_MEMBER", redeem, codes[1], None, "S2")
	redeem(codes[1], other, "S2")


def test_a_limit_that_is_set_later_counts_what_was_before(customer):
	template = make_template()
	codes = codes_of(make_batch(template, quantity=4))
	redeem(codes[0], None, "S1")
	template.update({"total_limit": 2})
	template.save()
	redeem(codes[1], None, "S2")
	refused("COUPON_LIMIT", redeem, codes[2], None, "S3")
	template.update({"total_limit": 0})
	template.save()
	redeem(codes[2], None, "S3")
	template.update({"total_limit": 3})
	template.save()
	refused("COUPON_LIMIT", redeem, codes[3], None, "S4")
	assert coupon_counts.used(template.name, None) == 3


def test_somebody_elses_coupon(customer):
	code = make_coupon(customer=make_customer().name)
	refused("COUPON_OTHER_CUSTOMER", redeem, code, customer)
	refused("COUPON_OTHER_CUSTOMER", redeem, code, None)
	assert state(code) == ("Issued", 0)


@pytest.mark.parametrize(
	("terms", "facts", "code"),
	[
		({"valid_until": "2030-06-30"}, {"moment": at("2030-07-01 00:00")}, "COUPON_EXPIRED"),
		({"valid_from": "2030-06-30"}, {"moment": at("2030-06-29 23:59")}, "COUPON_NOT_STARTED"),
		({"valid_days": 1}, {"moment": at("2099-01-01")}, "COUPON_EXPIRED"),
		({"minimum_spend": 100.01}, {}, "COUPON_MIN_SPEND"),
		({"monday": 1}, {"moment": at("2030-06-30 12:00")}, "COUPON_WRONG_DAY"),
		({"hour_from": "14:00:00"}, {"moment": at("2030-06-30 12:00")}, "COUPON_WRONG_TIME"),
		({"conditions": [{"kind": "Channel", "value": "Web"}]}, {"channel": "Store"}, "COUPON_WRONG_CHANNEL"),
		({"conditions": [{"kind": "Tier", "value": "Gold"}]}, {"tier": None}, "COUPON_WRONG_TIER"),
	],
)
def test_terms_are_tested_again_when_it_is_redeemed(terms, facts, code):
	make_programme()
	coupon = make_coupon(make_template(**terms))
	refused(code, redeem, coupon, None, **facts)
	assert state(coupon) == ("Issued", 0) and kinds(coupon) == ["Issued"]


def test_a_template_that_is_switched_off_stops_its_coupons():
	template = make_template()
	code = make_coupon(template)
	template.enabled = 0
	template.save()
	refused("COUPON_DISABLED", redeem, code)


def test_a_code_in_stock_works_once_it_is_handed_out():
	batch = make_batch(make_template(), hold_back=1)
	code = codes_of(batch)[0]
	refused("COUPON_NOT_ISSUED", redeem, code)
	assert coupon_states.hand_out(batch.name) == 10
	assert coupon_states.hand_out(batch.name) == 0
	redeem(code)
	assert kinds(code) == ["Handed Out", "Redeemed"]


def test_coupons_expire_at_night_once():
	template = make_template(valid_days=1)
	code, used = codes_of(make_batch(template, quantity=2))
	redeem(used)
	frappe.db.set_value("Coupon", {"template": template.name}, "valid_until", add_days(nowdate(), -1))
	assert coupon_states.expire_coupons(step=1) >= 1
	assert coupon_states.expire_coupons() == 0
	assert state(code) == ("Expired", 0) and kinds(code) == ["Issued", "Expired"]
	assert state(used) == ("Redeemed", 1)
	refused("COUPON_EXPIRED", redeem, code)
	coupons.release("CRM Transaction", "SALE-1")
	assert state(used)[0] == "Issued" and coupon_states.expire_coupons() == 1


def test_a_coupon_on_its_last_day_stays():
	code = make_coupon(make_template(valid_until=nowdate()))
	coupon_states.expire_coupons()
	redeem(code)
	assert state(code) == ("Redeemed", 1)


def test_the_period_begins_with_the_issue():
	code = make_coupon(make_template(valid_days=30, valid_until=add_days(nowdate(), 9)))
	first, last = frappe.db.get_value("Coupon", code, ["valid_from", "valid_until"])
	assert (getdate(first), getdate(last)) == (getdate(nowdate()), getdate(add_days(nowdate(), 9)))


def test_withdrawn_coupons_are_not_taken_and_used_ones_stay(as_user):
	batch = make_batch(make_template(), quantity=3)
	used, one, other = codes_of(batch)
	redeem(used)
	actions.void({"name": one})
	assert state(one) == ("Void", 0) and kinds(one)[-1] == "Voided"
	refused("COUPON_VOID", redeem, one, None, "S2")
	with pytest.raises(frappe.ValidationError, match="withdrawn"):
		actions.void({"name": one})
	with pytest.raises(frappe.ValidationError, match="used up"):
		actions.void({"name": used})
	assert coupon_states.void_batch(batch.name) == 1
	assert (state(other)[0], state(used)[0]) == ("Void", "Redeemed")


def test_a_voucher_whose_buyer_got_the_money_back():
	code = codes_of(make_batch(make_deal(), target="Codes of a Platform", platform_codes="1234-5678"))[0]
	assert coupons.find("12345678") == code
	actions.refund({"name": code})
	refused("COUPON_REFUNDED", redeem, code)
	with pytest.raises(frappe.ValidationError, match="no group-buying voucher"):
		actions.refund({"name": make_coupon()})


def test_a_voucher_that_no_list_names():
	strict, trusting = make_deal(), make_deal(make_platform(accept_unlisted=1))
	refused("COUPON_UNKNOWN", vouchers.take, strict.name, "9988")
	refused("COUPON_UNKNOWN", vouchers.take, trusting.name, "99<88")
	code = vouchers.take(trusting.name, "99 88")
	assert vouchers.take(trusting.name, "9988") == code
	redeem(code)
	refused("COUPON_USED", redeem, vouchers.take(trusting.name, "9988"), None, "S2")


def test_what_a_customer_holds(customer):
	soon, late = (make_template(valid_days=days) for days in (5, 50))
	codes = [make_coupon(template, customer) for template in (late, soon)]
	redeem(make_coupon(customer=customer), customer)
	make_coupon()
	assert [row.code for row in coupons.held(customer)] == codes[::-1]
	assert coupons.held(customer)[0].title == soon.title


def test_a_card_and_a_coupon_never_have_the_same_number(customer):
	code = make_coupon()
	programme = make_programme(accept_foreign_numbers=1)
	with pytest.raises(frappe.DuplicateEntryError):
		make_card(customer, programme.name, card_no=code)


def test_nobody_writes_coupons_and_entries_by_hand():
	code = make_coupon()
	coupon = frappe.get_doc("Coupon", code)
	coupon.use_limit = 99
	for act in (coupon.save, coupon.delete):
		with pytest.raises(frappe.PermissionError):
			act()
	entry = frappe.get_last_doc("Coupon Entry", {"coupon": code})
	for act in (entry.save, entry.delete):
		with pytest.raises(frappe.PermissionError):
			act()
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc({"doctype": "Coupon", "code": "FREE", "template": coupon.template}).insert()


def test_sales_staff_see_the_coupons_of_their_customers_only(as_user):
	seller = make_user("seller@coupons.test", "CRM Sales User")
	mine, theirs = (
		make_customer(account_manager=seller).name,
		make_customer(account_manager="Administrator").name,
	)
	template = make_template()
	codes = {name: make_coupon(template, name) for name in (mine, theirs)}
	nobodys = make_coupon(template)
	with as_user(seller):
		seen = frappe.get_list("Coupon", {"template": template.name}, pluck="name")
		assert seen == [codes[mine]]
		for hidden in (codes[theirs], nobodys):
			assert not frappe.get_doc("Coupon", hidden).has_permission("read")
		assert frappe.get_list("Coupon Entry", {"template": template.name}, pluck="coupon") == [codes[mine]]
		with pytest.raises(frappe.PermissionError):
			actions.void({"name": codes[mine]})
		with pytest.raises(frappe.PermissionError):
			make_template()


@pytest.mark.parametrize(
	("values", "says"),
	[
		({"value": 0}, "takes nothing off"),
		({"kind": "Percent", "value": 101}, "at most 100"),
		({"value": 1.234}, "at most two decimals"),
		({"kind": "Free Item"}, "name the items"),
		({"valid_from": "2026-02-02", "valid_until": "2026-02-01"}, "before the start"),
		({"conditions": [{"kind": "Store", "value": "Nowhere"}]}, "there is no store"),
	],
)
def test_templates_that_cannot_work_are_refused(values, says):
	with pytest.raises(frappe.ValidationError, match=says):
		make_template(**values)


def test_a_voucher_is_not_bought_above_its_face_value():
	with pytest.raises(frappe.ValidationError, match="above the face value"):
		make_deal(settlement_price=101)


def test_the_text_for_the_customer_follows_the_terms():
	template = make_template(minimum_spend=100)
	assert "20" in template.title and "100" in template.title
	template.value = 30
	template.save()
	assert "30" in template.title
	template.title = "Spring gift"
	template.value = 40
	template.save()
	assert template.title == "Spring gift"


def test_who_withdraws_and_who_refunds(as_user):
	voucher, code = codes_of(make_batch(make_deal(), target="Codes of a Platform", platform_codes="1\n2"))
	batch = make_batch(make_template())
	with as_user(make_user("service@coupons.test", "CRM Service User")):
		for act, name in ((actions.void, code), (actions.refund, voucher), (batch_actions.void, batch.name)):
			with pytest.raises(frappe.PermissionError):
				act({"name": name})
	with as_user(make_user("finance@coupons.test", "CRM Finance User")):
		actions.refund({"name": voucher})
		with pytest.raises(frappe.PermissionError):
			actions.void({"name": code})
	with as_user(make_user("marketing@coupons.test", "CRM Marketing User")):
		actions.void({"name": code})
	assert (state(voucher)[0], state(code)[0]) == ("Refunded", "Void")


def test_what_was_issued_keeps_its_kind():
	template = make_template()
	make_coupon(template)
	template.kind = "Percent"
	with pytest.raises(frappe.ValidationError, match="cannot change"):
		template.save()


def test_a_redemption_is_dated_by_its_sale():
	code = make_coupon()
	redeem(code, moment=now_datetime().replace(hour=3, minute=4))
	posted = frappe.db.get_value("Coupon Entry", {"coupon": code, "kind": "Redeemed"}, "posted_at")
	assert (posted.hour, posted.minute) == (3, 4)
	assert sale().total == 100


def test_coupons_come_back_with_the_sale(customer):
	from crm_testing.sales import make_return, make_transaction

	keeps = make_template(release_on_return=0)
	codes = [make_coupon(customer=customer), make_coupon(keeps, customer)]
	first, second = (make_transaction(customer) for _turn in range(2))
	for code in codes:
		redeem(code, customer, first.name)
	make_return(first, 1)
	assert [state(code)[0] for code in codes] == ["Redeemed", "Redeemed"]
	make_return(first, 1)
	assert [state(code)[0] for code in codes] == ["Issued", "Redeemed"]
	redeem(codes[0], customer, second.name)
	second.cancel()
	assert state(codes[0]) == ("Issued", 0)
