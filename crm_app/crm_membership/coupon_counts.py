"""How often a limited template was used, by all and by each customer: rows that are locked while a coupon is
used.

A row exists only for a limit that is set. It begins with what the entries say, under the lock of the
template, and is carried on with every redemption and release. Templates without a limit are never counted
here, so that two tills never wait for each other over them.
"""

import hashlib

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Sum
from frappe.utils import cint

from crm_app.crm_membership.domain.coupon_rules import Terms
from crm_app.crm_platform.importer.bulk import BulkTable

COUNT, ENTRY = "Coupon Count", "Coupon Entry"


def names_of(terms: Terms, customer: str | None) -> list[tuple[str, str | None]]:
	"""(name of the row, its customer) for each limit that is set."""
	found = [(name_of(terms.template, None), None)] if terms.total_limit else []
	if terms.customer_limit and customer:
		found.append((name_of(terms.template, customer), customer))
	return found


def name_of(template: str, customer: str | None) -> str:
	return hashlib.sha256(f"{template}\n{customer or ''}".encode()).hexdigest()[:20]


def lock(limited: dict[str, Terms], customer: str | None) -> dict[str, int]:
	"""{name of the row: uses}, locked in the order of the names. `limited`: terms by template."""
	wanted = {
		name: (template, whose)
		for template, terms in limited.items()
		for name, whose in names_of(terms, customer)
	}
	return {name: _lock_one(name, *wanted[name]) for name in sorted(wanted)}


def read(limited: dict[str, Terms], customer: str | None) -> dict[str, int]:
	"""The same without a lock: to show, not to decide."""
	wanted = {
		name: (template, whose)
		for template, terms in limited.items()
		for name, whose in names_of(terms, customer)
	}
	filters = {"name": ["in", sorted(wanted)]}
	kept = dict(frappe.get_all(COUNT, filters, ["name", "used"], as_list=True)) if wanted else {}
	return {name: kept[name] if name in kept else used(*whom) for name, whom in wanted.items()}


def _lock_one(name: str, template: str, customer: str | None) -> int:
	found = frappe.db.get_value(COUNT, name, "used", for_update=True)
	if found is None:
		# Whoever counts for the first time does so alone; the second finds the row of the first.
		frappe.db.get_value("Coupon Template", template, "name", for_update=True)
		found = frappe.db.get_value(COUNT, name, "used", for_update=True)
	if found is None:
		found = used(template, customer)
		table = BulkTable(COUNT)
		table.add(name=name, template=template, customer=customer, used=found)
		table.insert()
	return cint(found)


def used(template: str, customer: str | None) -> int:
	"""Redemptions that stand, by the entries."""
	entry = frappe.qb.DocType(ENTRY)
	sign = Case().when(entry.kind == "Redeemed", 1).else_(-1)
	query = frappe.qb.from_(entry).select(Sum(sign)).where(entry.template == template)
	query = query.where(entry.kind.isin(["Redeemed", "Released"]))
	if customer:
		query = query.where(entry.customer == customer)
	return cint(query.run()[0][0])


def carry(terms: Terms, customer: str | None, by: int) -> None:
	"""One use more (1) or less (-1), on rows that this transaction has locked."""
	names = [name for name, _whose in names_of(terms, customer)]
	if names:
		count = frappe.qb.DocType(COUNT)
		frappe.qb.update(count).set(count.used, count.used + by).where(count.name.isin(names)).run()


def forget(template: str) -> None:
	"""When a limit is taken away: the row would stand still and be wrong when the limit comes back."""
	frappe.db.get_value("Coupon Template", template, "name", for_update=True)
	frappe.db.delete(COUNT, {"template": template})
