"""The operation log by period, person and kind, newest first, with what happened most."""

from collections import Counter

import frappe
from frappe import _
from frappe.utils import add_days, getdate, nowdate

MOST = 5_000  # lines shown
DAYS = 30  # without a period of one's own


def execute(filters=None):
	filters = frappe._dict(filters or {})
	rows = lines(filters)
	return columns(), rows, notice(rows), chart(rows), cards(rows)


def lines(filters) -> list[dict]:
	"""Permission: get_list, so those of the log."""
	since = getdate(filters.from_date or add_days(nowdate(), -DAYS))
	until = getdate(filters.to_date or nowdate())
	if since > until:
		frappe.throw(_("From Date: lies after To Date"), title=_("Operations"))
	conditions = {"creation": ["between", [str(since), f"{until} 23:59:59.999999"]]}
	conditions |= {name: filters[name] for name in ("user", "kind", "document_type") if filters.get(name)}
	return frappe.get_list(
		"CRM Operation Log",
		filters=conditions,
		fields=["creation", "user", "kind", "document_type", "document", "what", "ip_address"],
		order_by="creation desc, name desc",
		limit_page_length=MOST,
	)


def notice(rows: list[dict]) -> str | None:
	return _("Only the latest {0} lines are shown").format(MOST) if len(rows) == MOST else None


def columns() -> list[dict]:
	kinds = [
		("creation", _("When"), "Datetime", 160),
		("user", _("Who"), "Data", 180),
		("kind", _("Kind"), "Data", 140),
		("document_type", _("Document Type"), "Data", 150),
		("document", _("Record"), "Data", 180),
		("what", _("What"), "Data", 280),
		("ip_address", _("From Address"), "Data", 120),
	]
	return [
		{"fieldname": name, "label": label, "fieldtype": kind, "width": width}
		for name, label, kind, width in kinds
	]


def chart(rows: list[dict]) -> dict:
	by_kind = Counter(row["kind"] for row in rows)
	for row in rows:
		row["kind"], row["document_type"] = _(row["kind"]), _(row["document_type"] or "")
	labels = sorted(by_kind, key=by_kind.get, reverse=True)
	values = [by_kind[kind] for kind in labels]
	return {
		"type": "bar",
		"data": {
			"labels": [_(kind) for kind in labels],
			"datasets": [{"name": _("Operations"), "values": values}],
		},
	}


def cards(rows: list[dict]) -> list[dict]:
	people = len({row["user"] for row in rows})
	return [
		{"label": _("Operations"), "value": len(rows), "datatype": "Int"},
		{"label": _("People"), "value": people, "datatype": "Int"},
	]
