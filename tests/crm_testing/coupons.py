"""Coupon templates, coupons and vouchers for tests."""

import itertools
from datetime import datetime
from decimal import Decimal

import frappe

from crm_app.crm_membership import coupon_batches, coupons

NUMBERS = itertools.count(1)


def make_template(**values):
	values = {
		"template_name": f"Offer {frappe.generate_hash(length=8)}",
		"kind": "Amount",
		"value": 20,
	} | values
	return frappe.get_doc({"doctype": "Coupon Template", **values}).insert()


def make_batch(template, run: bool = True, **values):
	"""A batch of ten codes unless told otherwise, made at once."""
	values = {"target": "Codes to Hand Out", "quantity": 10} | values
	batch = frappe.get_doc({"doctype": "Coupon Batch", "template": template.name, **values}).insert()
	if run:
		coupon_batches.run(batch.name)
		batch.reload()
	return batch


def codes_of(batch) -> list[str]:
	return frappe.get_all("Coupon", {"batch": batch.name}, pluck="name", order_by="issue_key asc")


def make_coupon(template=None, customer: str | None = None) -> str:
	template = template or make_template()
	target = {"target": "One Customer", "customer": customer} if customer else {"quantity": 1}
	return codes_of(make_batch(template, **target))[0]


def make_platform(**values):
	prefix = "".join(chr(65 + (next(NUMBERS) // 26**place) % 26) for place in range(3))
	values = {"platform_name": f"Platform {prefix}", "prefix": prefix, "commission_percent": 6} | values
	return frappe.get_doc({"doctype": "Voucher Platform", **values}).insert()


def make_deal(platform=None, **values):
	platform = platform or make_platform()
	values = {"platform": platform.name, "value": 100, "face_value": 100, "settlement_price": 80} | values
	return make_template(**values)


def sale(name: str = "SALE-1", **values) -> coupons.Sale:
	values = {"moment": frappe.utils.now_datetime(), "total": Decimal(100)} | values
	return coupons.Sale("CRM Transaction", name, **values)


def redeem(code: str, customer: str | None = None, name: str = "SALE-1", key: str | None = None, **values):
	return coupons.redeem(code, customer, sale(name, **values), Decimal(20), key or f"key-{name}")


def state(code: str) -> tuple:
	"""(status, uses)"""
	return frappe.db.get_value("Coupon", code, ["status_category", "use_count"])


def kinds(code: str) -> list[str]:
	"""The coupon's history."""
	rows = frappe.get_all("Coupon Entry", {"coupon": code}, ["kind", "creation", "name"])
	order = ["Issued", "Handed Out", "Redeemed", "Released"]
	key = lambda row: (row.creation, order.index(row.kind) if row.kind in order else 9)  # noqa: E731
	return [row.kind for row in sorted(rows, key=key)]


def at(text: str) -> datetime:
	return datetime.fromisoformat(text)
