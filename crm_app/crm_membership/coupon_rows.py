"""The only writer of Coupon and Coupon Entry: many new coupons at once, one entry, one change of state.

An entry is never changed. The unique key of an entry makes a repeated call find what the first one wrote.
"""

from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe.utils import now_datetime

from crm_app.crm_membership.domain.coupon_rules import ISSUED, STOCK
from crm_app.crm_platform.importer.bulk import BulkTable

COUPON, ENTRY = "Coupon", "Coupon Entry"


def insert_coupons(rows: Iterable[dict], kind: str = "Issued") -> int:
	"""New coupons (fields of Coupon; `code` and `issue_key` at least), each with its first entry."""
	now, coupons, entries = now_datetime(), BulkTable(COUPON), BulkTable(ENTRY)
	for row in rows:
		row = {"status_category": ISSUED, "use_limit": 1, "issued_on": now, **row, "name": row["code"]}
		coupons.add(**row)
		if row["status_category"] != STOCK:
			entries.add(**entry_values(row, kind, f"{kind}|{row['code']}", posted_at=now))
	count = coupons.insert()
	entries.insert()
	return count


def entry_values(coupon, kind: str, key: str, **values) -> dict:
	"""A row of Coupon Entry about `coupon` (its code or name, template and customer)."""
	posted_at = values.pop("posted_at", None) or now_datetime()
	return {
		"name": frappe.generate_hash(length=20),
		"coupon": coupon.get("name") or coupon["code"],
		"template": coupon["template"],
		"customer": coupon.get("customer"),
		"kind": kind,
		"posted_at": posted_at,
		"posting_date": posted_at.date(),
		"idempotency_key": key,
		**values,
	}


def write_entries(rows: Iterable[dict]) -> list[str]:
	"""Rows as `entry_values` makes them; returns their names."""
	table, names = BulkTable(ENTRY), []
	for row in rows:
		table.add(**row)
		names.append(row["name"])
	table.insert()
	return names


def change(code: str, **values) -> None:
	frappe.db.set_value(COUPON, code, values)


def use(code: str, times: int, discount: Decimal, sale_amount: Decimal, **values) -> None:
	"""Carries the sums of a locked coupon on by one redemption (`times` 1) or takes it back (-1)."""
	coupon = frappe.qb.DocType(COUPON)
	sums = {"use_count": times, "discount_amount": float(discount), "sale_amount": float(sale_amount)}
	query = frappe.qb.update(coupon).where(coupon.name == code)
	for column, change in sums.items():
		query = query.set(coupon[column], coupon[column] + change)
	for column, value in {**values, "modified": now_datetime(), "modified_by": frappe.session.user}.items():
		query = query.set(coupon[column], value)
	query.run()


def lock_many(codes: list[str], fields: list[str]) -> list:
	"""The same for many, in the order of their codes."""
	filters = {"name": ["in", sorted(codes)]}
	return frappe.db.get_values(COUPON, filters, fields, as_dict=True, for_update=True, order_by="name asc")


def lock(code: str, fields: list[str]):
	"""The coupon as it is now, locked until the transaction ends; None where there is none."""
	return frappe.db.get_value(COUPON, code, fields, as_dict=True, for_update=True)
