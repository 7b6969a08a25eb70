"""Counting a segment and writing its members."""

import hashlib

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import cint, now_datetime

from crm_app.crm_marketing.domain.segment_rules import Rule, parse_rule
from crm_app.crm_marketing.segment_fields import TRANSACTIONS, find
from crm_app.crm_marketing.segment_query import customers_matching
from crm_app.utils.rules import RuleError
from crm_app.utils.telling import tell

MEMBER = "Customer Segment Member"
CHUNK = 1000
MEMBER_FIELDS = [
	"name", "segment", "customer", "customer_name", "added_on", "added_by_rule",
	"owner", "modified_by", "creation", "modified", "docstatus", "idx",
]  # fmt: skip


def checked_rules(doc) -> list[Rule]:
	"""The rules of a segment or template, parsed; the first mistake is thrown with its row."""
	return [_checked(row) for row in doc.rules]


def _checked(row) -> Rule:
	with _naming_row(row.idx):
		field = find(row.source, row.fieldname)
		row.fieldname = field.name
		row.period_days = cint(row.period_days) if row.source == TRANSACTIONS else 0
		return parse_rule(row.source, field, row.operator, row.value, row.period_days)


class _naming_row:
	"""Says which row a message is about."""

	def __init__(self, idx: int):
		self.idx = idx

	def __enter__(self):
		return self

	def __exit__(self, kind, error, trace):
		if isinstance(error, RuleError):
			message = tell(error.template, *error.values)
		elif isinstance(error, frappe.ValidationError):
			message = str(error)
			frappe.clear_last_message()
		else:
			return False
		frappe.throw(
			_("Row {0}: {1}").format(self.idx, message), frappe.ValidationError, title=_("Check the Rules")
		)


def count(doc) -> int:
	"""Customers that the segment means now, whoever asks: a campaign goes to all of them."""
	if doc.kind != "Dynamic" and (doc.kind == "Manual" or doc.refreshed_on):
		return frappe.db.count(MEMBER, {"segment": doc.name})
	query, _customer = customers_matching(checked_rules(doc), doc.match_rules == "Any")
	return query.select(Count("*")).run()[0][0]


def refresh(doc) -> dict[str, int]:
	"""Writes who matches now and takes out who no longer does: {"added", "removed", "total"}.

	One run at a time per segment; a snapshot is filled once.
	"""
	check_can_refresh(doc)
	frappe.db.get_value("Customer Segment", doc.name, "name", for_update=True)
	query, customer = customers_matching(checked_rules(doc), doc.match_rules == "Any")
	matching = dict(query.select(customer.name, customer.customer_name).run())
	current = set(frappe.get_all(MEMBER, filters={"segment": doc.name}, pluck="customer"))
	removed = _remove(doc.name, current - matching.keys())
	added = _add(doc.name, {c: name for c, name in matching.items() if c not in current})
	record_count(doc, len(matching), refreshed=True)
	return {"added": added, "removed": removed, "total": len(matching)}


def check_can_refresh(doc) -> None:
	if doc.kind == "Manual":
		frappe.throw(_("A manual segment has no rules; add its members by hand."), title=_("Segment"))
	if doc.kind == "Snapshot" and doc.refreshed_on:
		frappe.throw(_("A snapshot stays as it was taken. Make a new one instead."), title=_("Segment"))


def record_count(doc, number: int, refreshed: bool = False) -> None:
	"""Keeps the count on the record without marking it as edited."""
	values = {"member_count": number, "counted_on": now_datetime()}
	if refreshed:
		values["refreshed_on"] = values["counted_on"]
	frappe.db.set_value("Customer Segment", doc.name, values, update_modified=False)
	doc.update(values)


def copy_members(source: str, target: str) -> int:
	members = frappe.get_all(
		MEMBER, filters={"segment": source}, fields=["customer", "customer_name"], as_list=True
	)
	return _add(target, dict(members))


def member_name(segment: str, customer: str) -> str:
	"""The pair decides the name, so that the database itself refuses a second row for it."""
	return hashlib.sha256(f"{segment}\n{customer}".encode()).hexdigest()[:20]


def add_by_hand(doc, customers: dict[str, str]) -> int:
	"""Many members of a manual segment at once, customer -> name; those in it stay. Returns how many came."""
	there = set(frappe.get_all(MEMBER, filters={"segment": doc.name}, pluck="customer"))
	new = {customer: name for customer, name in customers.items() if customer not in there}
	added = _add(doc.name, new, by="Hand")
	record_count(doc, len(there) + added)
	return added


def _remove(segment: str, customers: set[str]) -> int:
	"""By name, which the pair decides: the primary key is the fastest way to a row."""
	names = [member_name(segment, customer) for customer in customers]
	for start in range(0, len(names), CHUNK):
		frappe.db.delete(MEMBER, {"name": ["in", names[start : start + CHUNK]]})
	return len(names)


def _add(segment: str, customers: dict[str, str], by: str = "Rules") -> int:
	now, user = now_datetime(), frappe.session.user
	by_rules = (by, user, user, now, now, 0, 0)
	rows = [
		(member_name(segment, customer), segment, customer, customer_name, now, *by_rules)
		for customer, customer_name in customers.items()
	]
	frappe.db.bulk_insert(MEMBER, MEMBER_FIELDS, rows, chunk_size=CHUNK)
	return len(customers)


def refresh_dynamic_segments() -> None:
	"""Nightly: every dynamic segment in use. One that fails is logged and does not stop the others."""
	for name in frappe.get_all("Customer Segment", filters={"kind": "Dynamic", "disabled": 0}, pluck="name"):
		try:
			refresh(frappe.get_doc("Customer Segment", name))
			frappe.db.commit()  # a later failure must not undo it
		except Exception:
			frappe.db.rollback()
			frappe.log_error(title=f"Customer Segment {name}")
			frappe.db.commit()
