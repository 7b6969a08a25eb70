"""What a platform has paid for: each redeemed voucher in one settlement."""

import frappe
import pytest
from crm_testing.coupons import codes_of, kinds, make_batch, make_deal, redeem
from crm_testing.customers import make_user

from crm_app.crm_membership import coupons
from crm_app.crm_membership.doctype.voucher_settlement import actions


@pytest.fixture
def deal():
	return make_deal(settlement_price=80.05)


@pytest.fixture
def used(deal):
	"""Two redeemed vouchers of three."""
	codes = codes_of(make_batch(deal, target="Codes of a Platform", platform_codes="A1\nA2\nA3"))
	for code in codes[:2]:
		redeem(code, name=f"SALE-{code}")
	return codes[:2]


def make_settlement(deal, fetch: bool = True, **values):
	doc = frappe.get_doc({"doctype": "Voucher Settlement", "platform": deal.platform, **values}).insert()
	if fetch:
		actions.fetch({"name": doc.name})
		doc.reload()
	return doc


def test_redeemed_vouchers_are_settled_less_the_commission(deal, used):
	settlement = make_settlement(deal, paid_amount=150.5)
	assert sorted(row.coupon for row in settlement.lines) == used
	assert (settlement.gross_amount, settlement.commission_amount) == (160.1, 9.6)
	assert (settlement.net_amount, settlement.difference) == (150.5, 0)
	settlement.submit()
	assert {frappe.db.get_value("Coupon", code, "settlement") for code in used} == {settlement.name}
	assert kinds(used[0])[-1] == "Platform Paid"
	assert not make_settlement(deal).lines, "nothing is paid twice"


def test_a_cancelled_settlement_frees_its_vouchers(deal, used):
	settlement = make_settlement(deal, paid_amount=150.5)
	settlement.submit()
	settlement.cancel()
	assert len(make_settlement(deal).lines) == 2


def test_two_settlements_cannot_hold_one_voucher(deal, used):
	first, second = (make_settlement(deal, paid_amount=150.5) for _turn in range(2))
	first.submit()
	with pytest.raises(frappe.ValidationError, match="paid with"):
		second.submit()


def test_a_difference_needs_its_reason(deal, used):
	settlement = make_settlement(deal, paid_amount=150)
	assert settlement.difference == -0.5
	with pytest.raises(frappe.ValidationError, match="Reason of the Difference"):
		settlement.submit()
	settlement.reload().difference_reason = "Transfer fee"
	settlement.save()
	settlement.submit()


def test_only_redeemed_vouchers_of_the_platform_count(deal, used):
	settlement = make_settlement(deal, fetch=False)
	unused = next(c for c in frappe.get_all("Coupon", {"template": deal.name}, pluck="name") if c not in used)
	foreign = codes_of(make_batch(make_deal(), target="Codes of a Platform", platform_codes="Z9"))[0]
	for code, says in [(unused, "not redeemed"), (foreign, "no voucher of")]:
		settlement.reload().set("lines", [{"coupon": code}])
		with pytest.raises(frappe.ValidationError, match=says):
			settlement.save()
	settlement.reload().set("lines", [{"coupon": used[0]}, {"coupon": used[0]}])
	with pytest.raises(frappe.ValidationError, match="named twice"):
		settlement.save()


def test_a_released_voucher_leaves_the_draft_unsubmittable(deal, used):
	settlement = make_settlement(deal, paid_amount=150.5)
	coupons.release("CRM Transaction", f"SALE-{used[0]}")
	with pytest.raises(frappe.ValidationError, match="not redeemed"):
		settlement.submit()


def test_the_period_narrows_what_is_fetched(deal, used):
	assert not make_settlement(deal, to_date="2020-01-31").lines
	assert len(make_settlement(deal, from_date=frappe.utils.nowdate()).lines) == 2


def test_an_empty_settlement_is_not_submitted(deal):
	with pytest.raises(frappe.ValidationError, match="Vouchers"):
		make_settlement(deal).submit()


def test_finance_settles_and_marketing_does_not(deal, used, as_user):
	with as_user(make_user("marketing@vouchers.test", "CRM Marketing User")):
		with pytest.raises(frappe.PermissionError):
			make_settlement(deal)
	with as_user(make_user("finance@vouchers.test", "CRM Finance User")):
		make_settlement(deal, paid_amount=150.5).submit()
