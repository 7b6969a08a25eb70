"""Sixteen tills and one coupon: redeemed once. Real commits on real connections, cleaned up afterwards."""

from collections import Counter

import frappe
import pytest
from crm_testing.coupon_till import Tills
from crm_testing.coupons import codes_of, make_batch, make_template, state
from crm_testing.customers import make_customer

pytestmark = [pytest.mark.commits, pytest.mark.slow]
TILLS = 16


@pytest.fixture
def customer():
	made = make_customer(customer_name="Coupon race").name
	frappe.db.commit()
	yield made
	frappe.db.rollback()
	templates = frappe.get_all("Coupon Template", {"template_name": ["like", "Race %"]}, pluck="name")
	for doctype in ("Coupon Entry", "Coupon", "Coupon Count", "Coupon Batch"):
		frappe.db.delete(doctype, {"template": ["in", templates]})
	frappe.db.delete("Coupon Template", {"name": ["in", templates]})
	frappe.delete_doc("CRM Customer", made, force=True)
	frappe.db.commit()


def prepared(quantity: int, **terms) -> tuple[str, list[str]]:
	template = make_template(template_name=f"Race {frappe.generate_hash(length=6)}", **terms)
	codes = codes_of(make_batch(template, quantity=quantity))
	frappe.db.commit()
	return template.name, codes


def play(tills: Tills, codes: list[str], customer: str | None, same_sale: bool = False) -> Counter:
	"""{what came of it: how many tills}"""
	sales = [f"RACE-{0 if same_sale else n}-{codes[0]}" for n in range(TILLS)]
	results = tills.play(
		[
			{"code": codes[n % len(codes)], "customer": customer, "sale": sale, "key": f"key-{sale}"}
			for n, sale in enumerate(sales)
		]
	)
	frappe.db.rollback()
	told = (("Repeated" if r["repeated"] else "Redeemed") if r["ok"] else r["code"] for r in results)
	return Counter(told)


def redemptions(template: str) -> int:
	return frappe.db.count("Coupon Entry", {"template": template, "kind": "Redeemed"})


def test_coupons_and_limits_hold_against_sixteen_tills(site, customer):
	"""One coupon; one call sent sixteen times; three uses in all; two uses for one customer."""
	with Tills(site, TILLS) as tills:
		template, codes = prepared(1)
		assert play(tills, codes, customer) == {"Redeemed": 1, "COUPON_USED": TILLS - 1}
		assert state(codes[0]) == ("Redeemed", 1) and redemptions(template) == 1

		template, codes = prepared(1)
		assert play(tills, codes, customer, same_sale=True) == {"Redeemed": 1, "Repeated": TILLS - 1}
		assert redemptions(template) == 1

		template, codes = prepared(TILLS, total_limit=3)
		assert play(tills, codes, None) == {"Redeemed": 3, "COUPON_LIMIT": TILLS - 3}
		assert redemptions(template) == 3

		template, codes = prepared(TILLS, customer_limit=2)
		assert play(tills, codes, customer) == {"Redeemed": 2, "COUPON_CUSTOMER_LIMIT": TILLS - 2}
		assert redemptions(template) == 2
