"""What the coupon reports add up."""

import frappe
import pytest
from crm_testing.coupons import codes_of, make_batch, make_deal, make_template, redeem
from crm_testing.customers import make_customer, make_user

from crm_app.crm_membership import coupon_states, coupons
from crm_app.crm_membership.doctype.voucher_settlement import actions
from crm_app.crm_membership.report.coupon_redemption.coupon_redemption import execute as redemption
from crm_app.crm_membership.report.voucher_settlement_position.voucher_settlement_position import (
	execute as position,
)


def test_what_became_of_a_templates_coupons():
	template = make_template(cost_bearer="Supplier")
	batch = make_batch(template, quantity=4)
	codes = codes_of(batch)
	redeem(codes[0], name="R1")
	redeem(codes[1], name="R2")
	coupons.release("CRM Transaction", "R2")
	coupon_states.void(codes[3])
	columns, rows, _note, chart, cards = redemption({"template": template.name})
	assert rows == [
		{
			"template": template.name, "kind": "Amount", "cost_bearer": "Supplier", "campaign": None,
			"issued": 4, "redeemed": 2, "released": 1, "used": 1, "expired": 0, "withdrawn": 1, "rate": 25.0,
			"discount": 20.0, "sales": 100.0,
		}
	]  # fmt: skip
	assert {column["fieldname"] for column in columns} <= set(rows[0])
	assert [dataset["values"] for dataset in chart["data"]["datasets"]] == [[4], [1], [0]]
	assert [card["value"] for card in cards] == [4, 1, 25.0, 20.0, 100.0]


def test_days_and_stores_narrow_the_report():
	template = make_template()
	redeem(codes_of(make_batch(template))[0])
	assert not redemption({"template": template.name, "to_date": "2020-01-01"})[1]
	assert not redemption({"template": template.name, "store": "Nowhere"})[1]
	with pytest.raises(frappe.ValidationError, match="lies after"):
		redemption({"from_date": "2026-02-02", "to_date": "2026-02-01"})


def test_readers_count_what_they_may_see(as_user):
	seller = make_user("seller@reports.test", "CRM Sales User")
	mine, theirs = (
		make_customer(account_manager=seller).name,
		make_customer(account_manager="Administrator").name,
	)
	template = make_template()
	for customer in (mine, theirs):
		make_batch(template, target="One Customer", customer=customer)
	make_batch(template)
	with as_user(seller):
		assert [row["issued"] for row in redemption({"template": template.name})[1]] == [1]


def test_what_a_platform_owes():
	deal = make_deal(settlement_price=80)
	codes = codes_of(make_batch(deal, target="Codes of a Platform", platform_codes="A1\nA2\nA3"))
	redeem(codes[0], name="V1")
	settlement = frappe.get_doc(
		{"doctype": "Voucher Settlement", "platform": deal.platform, "paid_amount": 75.2}
	)
	actions.fetch({"name": settlement.insert().name})
	settlement.reload().submit()
	redeem(codes[1], name="V2")
	(row,) = position({"platform": deal.platform})[1]
	assert (row["vouchers"], row["redeemed"], row["paid"], row["due"]) == (3, 2, 1, 1)
	assert (row["due_amount"], row["commission"], row["net_due"]) == (80, 4.8, 75.2)
	coupons.release("CRM Transaction", "V1")
	columns, (row,), _note, chart, cards = position({"platform": deal.platform})
	assert (row["owed_back"], row["owed_back_amount"]) == (1, 80)
	assert {column["fieldname"] for column in columns} == set(row)
	assert len(chart["data"]["datasets"]) == 2 and cards[-1]["indicator"] == "Red"
	assert position({"platform": deal.platform, "from_date": "2099-01-01"})[1] == []
