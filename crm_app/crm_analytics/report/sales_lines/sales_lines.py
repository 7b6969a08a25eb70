"""The lines behind a total of items or categories, newest first."""

import frappe
from frappe import _
from frappe.query_builder.functions import Coalesce

from crm_app.crm_analytics import sales_query
from crm_app.crm_analytics.report_parts import card, column, money_column
from crm_app.utils.money import total

MOST = 5000  # lines shown; the cards say when there are more


def execute(filters=None):
	filters = frappe._dict(filters or {})
	lines = query(filters).run(as_dict=True)
	more = len(lines) > MOST
	note = _("Only the newest {0} lines are shown.").format(MOST) if more else None
	return columns(), lines[:MOST], note, None, cards(lines[:MOST])


def query(filters):
	sale, line = frappe.qb.DocType(sales_query.TRANSACTION), frappe.qb.DocType(sales_query.LINE)
	customer = frappe.qb.DocType(sales_query.CUSTOMER)
	found = (
		frappe.qb.from_(line)
		.join(sale)
		.on(sale.name == line.parent)
		.join(customer)
		.on(customer.name == sale.customer)
		.select(
			sale.posting_date,
			sale.name.as_("transaction"),
			sale.customer,
			customer.customer_name,
			line.item_code,
			line.item_name,
			line.category,
			line.qty,
			line.amount,
			sale.currency,
		)
		.orderby(sale.posting_date, order=frappe.qb.desc)
		.orderby(sale.name)
		.limit(MOST + 1)
	)
	for name in ("item_code", "category"):
		if filters.get(name):
			found = found.where(Coalesce(line[name], "") == filters.get(name))
	kinds = sales_query.NET if frappe.utils.cint(filters.net_of_returns) else sales_query.SALES
	return sales_query.narrowed(found, sale, filters, kinds=kinds)


def columns() -> list[dict]:
	return [
		column("posting_date", _("Date"), "Date", 100),
		column("transaction", _("Transaction"), "Link", 110, options="CRM Transaction"),
		column("customer", _("Customer"), "Link", 110, options="CRM Customer"),
		column("customer_name", _("Customer Name"), width=160),
		column("item_code", _("Item Code"), width=100),
		column("item_name", _("Item Name"), width=200),
		column("category", _("Category"), width=120),
		column("qty", _("Quantity"), "Float", 90),
		money_column("amount", _("Amount")),
	]


def cards(lines: list) -> list[dict]:
	if not lines:
		return []
	sums = {}
	for line in lines:
		sums.setdefault(line.currency, []).append(line.amount)
	return [
		card(_("Lines"), len(lines), "Int"),
		card(_("Customers"), len({line.customer for line in lines}), "Int"),
		*[card(code or _("Amount"), float(total(some)), "Currency") for code, some in sums.items()],
	]
