"""Factories for segments and campaigns."""

import frappe


def rule(
	fieldname: str, operator: str, value: str = "", source: str = "Customer", period_days: int = 0
) -> dict:
	return {
		"fieldname": fieldname,
		"operator": operator,
		"value": value,
		"source": source,
		"period_days": period_days,
	}


def make_segment(*rules: dict, **values):
	return frappe.get_doc(
		{
			"doctype": "Customer Segment",
			"segment_name": f"Segment {frappe.generate_hash(length=8)}",
			"kind": "Dynamic" if rules else "Manual",
			"rules": list(rules),
			**values,
		}
	).insert()


def make_campaign(**values):
	return frappe.get_doc(
		{
			"doctype": "CRM Campaign",
			"campaign_name": "Spring Festival",
			"kind": "Festival",
			"start_date": "2026-02-10",
			"end_date": "2026-02-25",
			"budget_amount": 20000,
			**values,
		}
	).insert()


def members_of(segment: str) -> set[str]:
	return set(frappe.get_all("Customer Segment Member", filters={"segment": segment}, pluck="customer"))
