"""Where the members' ledger and the documents behind it disagree, and what to do; empty when all is well."""

from collections import Counter

import frappe
from frappe import _
from frappe.utils import getdate

from crm_app.crm_analytics.report_parts import card, column, form_route
from crm_app.crm_customers.permissions import reads_all
from crm_app.crm_membership import reconciling


def execute(filters=None):
	filters = frappe._dict(filters or {})
	if not reads_all("Member Ledger Entry"):
		frappe.throw(_("Only who sees every customer can reconcile."), frappe.PermissionError)
	since = getdate(filters.from_date) if filters.from_date else None
	rows = [line(found) for found in reconciling.mismatches(since, filters.card)]
	note = None if rows else _("Ledger and documents agree.")
	return columns(), rows, note, chart(rows), cards(rows)


def line(found: dict) -> dict:
	row = {
		"check": _(found["title"]),
		"document_type": _(found["doctype"]),
		"document": found["name"] or found.get("note"),
		"account": found["account"],
		"expected": None if found["expected"] is None else float(found["expected"]),
		"found": None if found["found"] is None else float(found["found"]),
		"remedy": _(found["remedy"]),
		"note": found.get("note"),
	}
	if found["name"]:
		row["document_route"] = form_route(found["doctype"], found["name"])
	if found["account"]:
		row["account_route"] = form_route("Member Account", found["account"])
	return row


def columns() -> list[dict]:
	return [
		column("check", _("Mismatch"), width=280),
		column("document_type", _("Document Type"), width=120),
		column("document", _("Document"), width=150),
		column("account", _("Member Card"), width=160),
		column("expected", _("By the Document"), "Float", 120, precision=2),
		column("found", _("By the Ledger"), "Float", 120, precision=2),
		column("remedy", _("What to Do"), width=380),
		column("note", _("Detail"), width=260),
	]


def chart(rows: list[dict]) -> dict | None:
	if not rows:
		return None
	counts = Counter(row["check"] for row in rows)
	return {
		"data": {
			"labels": list(counts),
			"datasets": [{"name": _("Mismatches"), "values": list(counts.values())}],
		},
		"type": "bar",
		"fieldtype": "Int",
		"colors": ["#e24c4c"],
	}


def cards(rows: list[dict]) -> list[dict]:
	return [card(_("Mismatches"), len(rows), "Int", "Red" if rows else "Green")]
