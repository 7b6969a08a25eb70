"""Programmes as plain values: read once per process, and again when one was changed."""

from types import SimpleNamespace

import frappe

from crm_app.crm_membership.rule_conditions import Remembered


def plan(name: str) -> SimpleNamespace:
	"""`fields` of the Membership Programme and its `tiers` by name; not to be changed."""
	return _remembered.get(name)


def _load(name: str) -> SimpleNamespace:
	fields = frappe.db.get_value("Membership Programme", name, "*", as_dict=True)
	rows = frappe.get_all("Membership Tier", {"parent": name, "parenttype": "Membership Programme"}, ["*"])
	return SimpleNamespace(fields=fields, tiers={row.tier_name: row for row in rows})


_remembered = Remembered("Membership Programme", "name", _load)
