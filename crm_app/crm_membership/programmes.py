"""Programmes as plain values: read once per process, and again when one was changed."""

from datetime import datetime
from types import SimpleNamespace

import frappe

from crm_app.crm_membership.rule_conditions import Remembered


def plan(name: str, modified: datetime | None = None) -> SimpleNamespace:
	"""`fields` of the Membership Programme and its `tiers` by name; not to be changed.

	`modified` of the programme, where the caller has read it in this transaction: saves a look.
	"""
	return _remembered.get(name, ((name, modified),) if modified else None)


def _load(name: str) -> SimpleNamespace:
	fields = frappe.db.get_value("Membership Programme", name, "*", as_dict=True)
	filters = {"parent": name, "parenttype": "Membership Programme"}
	rows = frappe.get_all("Membership Tier", filters, ["*"], order_by="idx asc")
	return SimpleNamespace(fields=fields, tiers={row.tier_name: row for row in rows})


_remembered = Remembered("Membership Programme", "name", _load)
