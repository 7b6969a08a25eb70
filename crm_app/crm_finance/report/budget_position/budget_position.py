"""Where each budget line stands, within what the reader may see; amounts lead to the ledger entries."""

from urllib.parse import quote, urlencode

import frappe
from frappe import _
from frappe.utils import cint, getdate

from crm_app.crm_finance.domain.positions import Position
from crm_app.crm_finance.ledger import position_of

FIELDS = [
	"name", "fiscal_year", "department", "category", "month", "campaign", "customer", "budget",
	"amount", "reserved", "committed", "spent", "control", "is_active",
]  # fmt: skip
BUCKETS = {"reserved": "Reserve", "committed": "Commit", "spent": "Spend"}
CHART_DEPARTMENTS = 12


def execute(filters=None):
	filters = frappe._dict(filters or {})
	balances = read(filters)
	total = sum((position_of(row) for row in balances), Position())
	rows = [line(row) for row in balances]
	return columns(), rows, note(balances), chart(balances), cards(total) if rows else []


def read(filters) -> list[dict]:
	"""Lines that the reader may see; only those in force unless closed ones are asked for."""
	conditions = {"fiscal_year": year_of(filters.fiscal_year)}
	for fieldname in ("department", "category", "campaign"):
		if filters.get(fieldname):
			conditions[fieldname] = filters[fieldname]
	if not cint(filters.closed):
		conditions["is_active"] = 1
	order = "department asc, category asc, month asc"
	return frappe.get_list(
		"CRM Budget Balance", filters=conditions, fields=FIELDS, order_by=order, limit_page_length=0
	)


def year_of(value) -> int:
	"""This year where none is given."""
	text = str(value or "").strip()
	if text and not (text.isdecimal() and 1 <= int(text) <= 9999):
		frappe.throw(_("Fiscal Year: {0} is no year.").format(text), title=_("Fiscal Year"))
	return cint(text) or getdate().year


def line(row) -> dict:
	position = position_of(row)
	used = 100 * position.used / position.budget if position.budget else 0
	amounts = {key: float(getattr(position, key)) for key in ("budget", *BUCKETS, "available")}
	return {
		**{key: row[key] for key in ("department", "category", "campaign", "customer", "control")},
		**amounts,
		"month": row.month or None,
		"used": round(float(used), 1),
		"line": row.name,
		"budget_route": f"/app/crm-budget/{quote(row.budget or '', safe='')}",
		"available_route": f"/app/crm-budget-balance/{quote(row.name)}",
		**{f"{key}_route": entries_route(row.name, kind) for key, kind in BUCKETS.items()},
	}


def entries_route(balance: str, kind: str) -> str:
	return "/app/crm-budget-entry?" + urlencode({"balance": balance, "kind": kind})


def columns() -> list[dict]:
	return [
		column("department", _("Department"), "Link", 140, options="CRM Department"),
		column("category", _("Category"), "Link", 140, options="CRM Expense Category"),
		column("month", _("Month"), "Int", 70),
		column("campaign", _("Campaign"), "Link", 130, options="CRM Campaign"),
		column("customer", _("Customer"), "Link", 120, options="CRM Customer"),
		column("budget", _("Budgeted"), "Currency", 120),
		column("reserved", _("Reserved"), "Currency", 120),
		column("committed", _("Committed"), "Currency", 120),
		column("spent", _("Spent"), "Currency", 120),
		column("available", _("Available"), "Currency", 120),
		column("used", _("Used"), "Percent", 80, precision=1),
		column("control", _("Control"), "Data", 80),
		column("line", _("Budget Line"), "Link", 120, options="CRM Budget Balance"),
	]


def column(fieldname: str, label: str, fieldtype: str, width: int, **more) -> dict:
	return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **more}


def chart(balances: list) -> dict | None:
	"""Per department, what is used stacked against what is left."""
	sums = {}
	for row in balances:
		sums[row.department] = sums.get(row.department, Position()) + position_of(row)
	shown = sorted(sums.items(), key=lambda item: -item[1].budget)[:CHART_DEPARTMENTS]
	if not shown:
		return None
	labels = {"spent": _("Spent"), "committed": _("Committed"), "reserved": _("Reserved")}
	datasets = [
		{"name": label, "values": [float(getattr(position, key)) for _name, position in shown]}
		for key, label in (labels | {"available": _("Available")}).items()
	]
	return {
		"data": {"labels": [name for name, _position in shown], "datasets": datasets},
		"type": "bar",
		"barOptions": {"stacked": 1},
		"fieldtype": "Currency",
		"colors": ["#7575ff", "#2490ef", "#ff8a3d", "#29cd42"],
	}


def cards(total: Position) -> list[dict]:
	return [
		card(_("Budgeted"), total.budget, "Blue"),
		card(_("Reserved"), total.reserved, "Orange"),
		card(_("Committed"), total.committed, "Orange"),
		card(_("Spent"), total.spent, "Blue"),
		card(_("Available"), total.available, "Green" if total.available >= 0 else "Red"),
	]


def card(label: str, value, indicator: str) -> dict:
	return {"label": label, "value": float(value), "datatype": "Currency", "indicator": indicator}


def note(balances: list) -> str | None:
	over = sum(1 for row in balances if position_of(row).available < 0)
	return _("{0} lines are overspent.").format(over) if over else None
