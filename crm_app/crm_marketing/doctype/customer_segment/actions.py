"""Buttons of the segment form.

Counts are of everybody the segment means, because that is whom a campaign reaches; a reader who may see fewer
customers is told both numbers, and finds only their own in the list of members.
"""

import frappe
from frappe import _
from frappe.query_builder.functions import Count

from crm_app.crm_customers.permissions import apply_row_rule
from crm_app.crm_marketing import segments
from crm_app.crm_marketing.segment_query import customers_matching
from crm_app.customising.mandatory import forgive_custom
from crm_app.utils.actions import stored


@frappe.whitelist()
def count_now(doc: str | dict):
	"""How many customers the stored rules mean at this moment."""
	segment = stored(doc, "Customer Segment", "read")
	number = segments.count(segment)
	segments.record_count(segment, number)
	visible = visible_count(segment)
	message = _("{0} customers").format(number)
	if visible < number:
		message = _("{0} customers, {1} of them visible to you").format(number, visible)
	frappe.msgprint(message, alert=True)
	return segment


def visible_count(segment) -> int:
	"""Those that the rules mean and the reader may see."""
	if segment.kind != "Dynamic":
		return len(frappe.get_list(segments.MEMBER, filters={"segment": segment.name}, pluck="name"))
	rules = segments.checked_rules(segment)
	query, customer = customers_matching(rules, segment.match_rules == "Any")
	return apply_row_rule(query, customer.name).select(Count("*")).run()[0][0]


@frappe.whitelist()
def refresh_members(doc: str | dict):
	"""Writes the members that the rules mean now."""
	segment = stored(doc, "Customer Segment")
	done = segments.refresh(segment)
	frappe.msgprint(
		_("{0} members: {1} added, {2} removed").format(done["total"], done["added"], done["removed"]),
		alert=True,
	)
	return frappe.get_doc("Customer Segment", segment.name)


@frappe.whitelist()
def make_snapshot(doc: str | dict):
	"""A new segment with today's members, which then stays as it is."""
	source = stored(doc, "Customer Segment", "read")
	if source.kind == "Dynamic":
		source.check_permission("write")
		segments.refresh(source)
	snapshot = frappe.new_doc("Customer Segment")
	snapshot.update(
		{
			"segment_name": unused_name(f"{source.name} {frappe.utils.nowdate()}"),
			"kind": "Snapshot",
			"source_segment": source.name,
			"description": source.rule_summary,
		}
	)
	forgive_custom(snapshot)
	snapshot.insert()
	segments.record_count(snapshot, segments.copy_members(source.name, snapshot.name), refreshed=True)
	frappe.msgprint(_("Snapshot {0} holds {1} customers").format(snapshot.name, snapshot.member_count))
	return source


def unused_name(wanted: str) -> str:
	name, number = wanted, 1
	while frappe.db.exists("Customer Segment", name):
		number += 1
		name = f"{wanted} ({number})"
	return name
