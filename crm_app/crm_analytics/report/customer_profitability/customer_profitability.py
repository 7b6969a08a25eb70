"""What each customer earns: revenue at the margin, less service, compensation, expenses and rewards."""

import frappe
import pandas as pd
from frappe import _
from frappe.utils import flt

from crm_app.crm_analytics import customer_costs, sales_query
from crm_app.crm_analytics.domain import profitability
from crm_app.crm_analytics.report_parts import (
	card,
	column,
	form_route,
	joined,
	list_route,
	money_column,
	records,
)
from crm_app.crm_analytics.scores import settings
from crm_app.crm_analytics.scores.snapshot import action_link

LINKED = {"compensation": "Complaint", "service": "CRM Interaction", "expenses": "Expense Request",
	"rewards": "Member Ledger Entry"}  # fmt: skip


def execute(filters=None):
	filters = frappe._dict(filters or {})
	money, margin = sales_query.Money(), margin_of(filters)
	spent = customer_costs.costs(filters, money, hourly_cost(filters))
	table = profitability.assemble(customer_costs.revenue(filters, money), spent, margin / 100)
	more = action_link("Customer Profitability", filters) if len(table) else None
	note = joined([money.note, assumptions(margin, spent), more])
	return columns(spent), rows(table, filters, money), note, chart(table), cards(table, money)


def margin_of(filters) -> float:
	"""Percent of the revenue; that of the settings where the filter is empty."""
	margin = settings.value("margin") if filters.margin in (None, "") else flt(filters.margin)
	if not 0 <= margin <= 100:
		frappe.throw(
			_("{0} must lie between 0 and 100.").format(_("Gross Margin (%)")), title=_("Gross Margin (%)")
		)
	return margin


def hourly_cost(filters) -> float:
	cost = flt(filters.hourly_cost)
	if cost < 0:
		frappe.throw(
			_("{0} cannot be negative.").format(_("Service Cost per Hour")), title=_("Service Cost per Hour")
		)
	return cost


def assumptions(margin: float, spent: dict) -> str:
	told = _("Goods are paid from {0} % of the revenue.").format(f"{100 - margin:g}")
	left_out = [_(doctype) for name, doctype in LINKED.items() if name not in spent]
	return (
		f"{told} " + _("Without what you may not read: {0}.").format(", ".join(left_out))
		if left_out
		else told
	)


def rows(table: pd.DataFrame, filters, money) -> list[dict]:
	names = customer_names(table.index)
	frame = table.round(2).reset_index()
	frame.insert(1, "customer_name", frame["customer"].map(names))
	frame["return_on"] = (
		(100 * table["profit"] / table["revenue"].where(table["revenue"] > 0)).round(1).to_numpy()
	)
	found = records(frame)
	narrowing = sales_query.list_filters(filters)
	for row in found:
		customer = row["customer"]
		row["currency"] = money.code
		row["customer_name_route"] = form_route(sales_query.CUSTOMER, customer)
		row["revenue_route"] = list_route(sales_query.TRANSACTION, **{**narrowing, "customer": customer})
		row |= {f"{n}_route": list_route(LINKED[n], customer=customer) for n in LINKED if row.get(n)}
	return found


def customer_names(index) -> dict[str, str]:
	customer = frappe.qb.DocType(sales_query.CUSTOMER)
	query = frappe.qb.from_(customer).select(customer.name, customer.customer_name)
	if len(index) <= 1000:
		query = query.where(customer.name.isin(list(index) or [""]))
	return dict(query.run())


def columns(spent: dict) -> list[dict]:
	labels = {
		"compensation": _("Compensation"),
		"service": _("Service Time"),
		"expenses": _("Expenses"),
		"rewards": _("Rewards Used"),
	}
	return [
		column("customer", _("Customer"), "Link", 120, options="CRM Customer"),
		column("customer_name", _("Customer Name"), width=180),
		money_column("revenue", _("Revenue less Returns"), 140),
		money_column("contribution", _("Contribution")),
		*[money_column(name, label, 120) for name, label in labels.items() if name in spent],
		money_column("profit", _("Profit")),
		column("return_on", _("Profit of Revenue"), "Percent", 120, precision=1),
	]


def chart(table: pd.DataFrame) -> dict | None:
	if table.empty:
		return None
	curve = profitability.whale_curve(table["profit"])
	return {
		"title": _("Profit added up, most profitable customers first"),
		"data": {
			"labels": [f"{100 * share:.0f}%" for share in curve["customers"]],
			"datasets": [{"name": _("Profit"), "values": curve["profit"].round(2).tolist()}],
		},
		"type": "line",
		"fieldtype": "Currency",
		"colors": ["#16a34a"],
	}


def cards(table: pd.DataFrame, money) -> list[dict]:
	if table.empty:
		return []
	costs = table["contribution"].sum() - table["profit"].sum()
	losses = int((table["profit"] < 0).sum())
	amounts = [
		(_("Revenue less Returns"), table["revenue"].sum(), "Blue"),
		(_("Contribution"), table["contribution"].sum(), "Blue"),
		(_("Spent on Customers"), costs, "Orange"),
		(_("Profit"), table["profit"].sum(), "Green"),
	]
	return [
		*[
			card(label, round(float(sum_), 2), "Currency", color, currency=money.code)
			for label, sum_, color in amounts
		],
		card(_("Customers at a Loss"), losses, "Int", "Red" if losses else "Green"),
	]
