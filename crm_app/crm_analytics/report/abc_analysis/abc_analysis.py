"""Which few customers, items or people bring most of the revenue: one query, then domain.concentration."""

import frappe
import pandas as pd
from frappe import _
from frappe.query_builder.functions import Coalesce, Max, Sum
from frappe.utils import flt

from crm_app.crm_analytics import sales_query
from crm_app.crm_analytics.domain import concentration
from crm_app.crm_analytics.report_parts import (
	card,
	column,
	form_route,
	joined,
	list_route,
	money_column,
	records,
	report_route,
)
from crm_app.crm_analytics.scores.snapshot import action_link

# What is classed -> (DocType of the key, its title field); None where the key is text in the sales lines.
KINDS = {
	"Customer": ("CRM Customer", "customer_name"),
	"Item": (None, "item_name"),
	"Category": (None, None),
	"Employee": ("CRM Employee", "employee_name"),
	"Store": ("CRM Store", "store_name"),
}
CHART_POINTS = 21
COLORS = {"A": "Green", "B": "Blue", "C": "Orange"}


def execute(filters=None):
	filters = frappe._dict(filters or {})
	kind = kind_of(filters)
	money = sales_query.Money()
	classed = classes(totals(kind, filters, money), cuts(filters))
	shown = classed[classed["class"] == filters.abc_class] if filters.abc_class else classed
	table = rows(shown, kind, filters, money)
	more = action_link("ABC Analysis", filters) if table and kind == "Customer" else None
	return columns(kind), table, joined([money.note, more]), chart(classed), cards(classed, money)


def kind_of(filters) -> str:
	kind = filters.by or "Customer"
	if kind not in KINDS:
		frappe.throw(_("By: choose one of {0}.").format(", ".join(_(one) for one in KINDS)), title=_("By"))
	return kind


def cuts(filters) -> tuple[float, float]:
	"""Shares between 0 and 1 up to which A and B go."""
	a, b = (flt(filters.get(name) or shipped) for name, shipped in (("cut_a", 80), ("cut_b", 95)))
	if not 0 < a < b <= 100:
		frappe.throw(
			_("A Up To (%) must lie below B Up To (%), both between 0 and 100."), title=_("A Up To (%)")
		)
	return a / 100, b / 100


def totals(kind: str, filters, money) -> pd.DataFrame:
	"""key, title, total; largest first, equal ones in the order of their keys."""
	found = pd.DataFrame(query(kind, filters, money).run(), columns=["key", "title", "total"])
	found = found.assign(key=found["key"].fillna(""), total=found["total"].astype("float64").round(2))
	return found.sort_values("key", kind="stable", ignore_index=True)


def query(kind: str, filters, money):
	doctype, title = KINDS[kind]
	return _by_record(kind, doctype, title, filters, money) if doctype else _by_line(kind, filters, money)


def _by_record(kind: str, doctype: str, title: str, filters, money):
	sale, record = frappe.qb.DocType(sales_query.TRANSACTION), frappe.qb.DocType(doctype)
	key = sale[kind.lower()]
	sums = frappe.qb.from_(sale).select(key.as_("key"), Sum(sale.amount).as_("total")).groupby(key)
	sums = sales_query.narrowed(sums, sale, filters, money, _kinds(filters))
	joined = frappe.qb.from_(sums).left_join(record).on(record.name == sums.key)
	return joined.select(sums.key, record[title], sums.total)


def _by_line(kind: str, filters, money):
	sale, line = frappe.qb.DocType(sales_query.TRANSACTION), frappe.qb.DocType(sales_query.LINE)
	key = Coalesce(line.item_code if kind == "Item" else line.category, "")
	title = Max(line.item_name) if kind == "Item" else key
	sums = frappe.qb.from_(line).join(sale).on(sale.name == line.parent)
	sums = sums.select(key.as_("key"), title.as_("title"), Sum(line.amount).as_("total")).groupby(key)
	return sales_query.narrowed(sums, sale, filters, money, _kinds(filters))


def _kinds(filters) -> tuple[str, ...]:
	return sales_query.NET if frappe.utils.cint(filters.net_of_returns) else sales_query.SALES


def classes(found: pd.DataFrame, bounds: tuple[float, float]) -> pd.DataFrame:
	"""The totals with share, cumulative and class, largest first."""
	classed = concentration.classify(found["total"], bounds)
	return found[["key", "title"]].join(classed, how="right").reset_index(drop=True)


def rows(shown: pd.DataFrame, kind: str, filters, money) -> list[dict]:
	table = pd.DataFrame(
		{
			"key": shown["key"],
			"title": shown["title"].where(
				shown["title"].astype(bool) & shown["title"].notna(), _("Not Known")
			),
			"class": shown["class"],
			"total": shown["total"].round(2),
			"share": (shown["share"] * 100).round(3),
			"cumulative": (shown["cumulative"] * 100).round(3),
		}
	)
	found = records(table)
	routes = routes_of(kind, filters)
	for row in found:
		row["currency"] = money.code
		row["total_route"] = row["key"] and routes(row["key"])
		if kind == "Customer":
			row["title_route"] = form_route("CRM Customer", row["key"])
			row["customer"], row["customer_name"] = row["key"], row["title"]
	return found


def routes_of(kind: str, filters):
	"""Function from a key to the address of the sales behind its total."""
	if KINDS[kind][0]:
		narrowing = sales_query.list_filters(filters)
		if not frappe.utils.cint(filters.net_of_returns):
			narrowing["transaction_type"] = "Sale"
		return lambda key: list_route(sales_query.TRANSACTION, **{**narrowing, kind.lower(): key})
	name = "item_code" if kind == "Item" else "category"
	return lambda key: report_route("Sales Lines", **{**sales_query.kept(filters), name: key})


def columns(kind: str) -> list[dict]:
	doctype = KINDS[kind][0]
	key = {"fieldtype": "Link", "options": doctype} if doctype else {"fieldtype": "Data"}
	first = [] if kind in ("Category", "Store") else [column("key", _(kind), width=120) | key]
	return [
		*first,
		column("title", _("Name"), width=200),
		column("class", _("Class"), width=70),
		money_column("total", _("Revenue")),
		column("share", _("Proportion"), "Percent", 90, precision=2),
		column("cumulative", _("Cumulative Share"), "Percent", 130, precision=2),
	]


def chart(classed: pd.DataFrame) -> dict | None:
	"""Lorenz curve under the line of equality."""
	if not (classed["total"] > 0).any():
		return None
	curve = concentration.lorenz(classed["total"], CHART_POINTS)
	shares = [round(float(share) * 100, 1) for share in curve["items"]]
	held = [round(float(share) * 100, 2) for share in curve["held"]]
	return {
		"title": _("Lorenz curve: share of the revenue held by the smallest"),
		"data": {
			"labels": [f"{share:g}%" for share in shares],
			"datasets": [
				{"name": _("Share of the revenue (%)"), "values": held},
				{"name": _("If all were equal (%)"), "values": shares},
			],
		},
		"type": "line",
		"fieldtype": "Percent",
		"colors": ["#2490ef", "#94a3b8"],
	}


def cards(classed: pd.DataFrame, money) -> list[dict]:
	if classed.empty:
		return []
	sizes = classed["class"].value_counts()
	return [
		*[
			card(_("Class {0}").format(name), int(sizes.get(name, 0)), "Int", color)
			for name, color in COLORS.items()
		],
		card(_("Revenue"), round(float(classed["total"].sum()), 2), "Currency", currency=money.code),
		card(_("Top 20 % Hold"), round(100 * concentration.top_share(classed["total"]), 3), "Percent"),
		card(_("Gini Coefficient"), round(concentration.gini(classed["total"]), 5), "Float", precision=5),
	]
