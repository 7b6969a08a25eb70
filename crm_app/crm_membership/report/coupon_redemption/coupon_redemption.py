"""Issued, redeemed, expired: what became of the coupons of each template, what they cost and what they
brought."""

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Sum
from frappe.utils import getdate

from crm_app.crm_customers.permissions import apply_row_rule, reads_all
from crm_app.utils.money import ZERO, to_decimal

COLUMNS = {
	"Issued": "issued",
	"Handed Out": "issued",
	"Redeemed": "redeemed",
	"Released": "released",
	"Expired": "expired",
	"Voided": "withdrawn",
	"Refunded": "withdrawn",
}
CHART_TEMPLATES = 10


def execute(filters=None):
	filters = frappe._dict(filters or {})
	if filters.from_date and filters.to_date and getdate(filters.from_date) > getdate(filters.to_date):
		frappe.throw(_("From Date: lies after To Date"), title=_("Coupon Redemption"))
	rows = list(summed(filters).values())
	rows.sort(key=lambda row: (-row["used"], row["template"]))
	return columns(), rows, None, chart(rows), cards(rows) if rows else []


def summed(filters) -> dict[str, dict]:
	"""{template: row}; sums come from the entries' index."""
	templates = {
		row.name: row
		for row in frappe.get_all(
			"Coupon Template", template_filters(filters), ["name", "kind", "cost_bearer", "campaign"]
		)
	}
	found: dict[str, dict] = {}
	for entry in query(filters).run(as_dict=True):
		if entry.template in templates:
			row = found.setdefault(entry.template, _blank(templates[entry.template]))
			_add(row, entry)
	for row in found.values():
		_finish(row)
	return found


def template_filters(filters) -> dict:
	chosen = {"name": filters.template, "campaign": filters.campaign}
	return {name: value for name, value in chosen.items() if value}


def query(filters):
	entry = frappe.qb.DocType("Coupon Entry")
	built = (
		frappe.qb.from_(entry)
		.select(
			entry.template,
			entry.kind,
			Count("*").as_("number"),
			Sum(entry.discount_amount).as_("discount"),
			Sum(entry.sale_amount).as_("sales"),
		)
		.where(entry.kind.isin(list(COLUMNS)))
		.groupby(entry.template, entry.kind)
	)
	if filters.from_date:
		built = built.where(entry.posting_date >= getdate(filters.from_date))
	if filters.to_date:
		built = built.where(entry.posting_date <= getdate(filters.to_date))
	if filters.store:
		# Where a coupon was issued or expired is nowhere; only its use has a store.
		built = built.where(entry.store == filters.store)
	return built if reads_all("Coupon Entry") else apply_row_rule(built, entry.customer)


def _blank(template) -> dict:
	numbers = dict.fromkeys(("issued", "redeemed", "released", "expired", "withdrawn"), 0)
	known = {"template": template.name, "kind": _(template.kind), "cost_bearer": _(template.cost_bearer)}
	return {**known, "campaign": template.campaign, **numbers, "discount": ZERO, "sales": ZERO}


def _add(row: dict, entry) -> None:
	row[COLUMNS[entry.kind]] += entry.number
	if entry.kind in ("Redeemed", "Released"):
		row["discount"] += to_decimal(entry.discount)
		row["sales"] += to_decimal(entry.sales)


def _finish(row: dict) -> None:
	row["used"] = row["redeemed"] - row["released"]
	row["rate"] = round(100 * row["used"] / row["issued"], 1) if row["issued"] else None
	for name in ("discount", "sales"):
		row[name] = float(row[name])


def columns() -> list[dict]:
	return [
		_column("template", _("Template"), "Link", 180, options="Coupon Template"),
		_column("kind", _("Kind"), "Data", 100),
		_column("campaign", _("Campaign"), "Link", 130, options="CRM Campaign"),
		_column("cost_bearer", _("Cost Borne by"), "Data", 100),
		_column("issued", _("Coupons Issued"), "Int", 90),
		_column("used", _("Coupons Used"), "Int", 90),
		_column("released", _("Taken Back"), "Int", 90),
		_column("expired", _("Coupons Expired"), "Int", 90),
		_column("withdrawn", _("Withdrawn or Refunded"), "Int", 110),
		_column("rate", _("Redemption Rate"), "Percent", 110, precision=1),
		_column("discount", _("Discount"), "Currency", 120),
		_column("sales", _("Sales with It"), "Currency", 130),
	]


def _column(fieldname: str, label: str, fieldtype: str, width: int, **more) -> dict:
	return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **more}


def chart(rows: list[dict]) -> dict | None:
	shown = rows[:CHART_TEMPLATES]
	if not shown:
		return None
	names = {"issued": _("Coupons Issued"), "used": _("Coupons Used"), "expired": _("Coupons Expired")}
	datasets = [{"name": label, "values": [row[key] for row in shown]} for key, label in names.items()]
	return {
		"data": {"labels": [row["template"] for row in shown], "datasets": datasets},
		"type": "bar",
		"fieldtype": "Int",
		"colors": ["#a0aec0", "#29cd42", "#ff8a3d"],
	}


def cards(rows: list[dict]) -> list[dict]:
	issued, used = (sum(row[name] for row in rows) for name in ("issued", "used"))
	rate = round(100 * used / issued, 1) if issued else 0
	return [
		_card(_("Coupons Issued"), issued, "Int"),
		_card(_("Coupons Used"), used, "Int"),
		_card(_("Redemption Rate"), rate, "Percent"),
		_card(_("Discount"), sum(row["discount"] for row in rows), "Currency"),
		_card(_("Sales with It"), sum(row["sales"] for row in rows), "Currency"),
	]


def _card(label: str, value, datatype: str) -> dict:
	return {"label": label, "value": value, "datatype": datatype, "indicator": "Blue"}
