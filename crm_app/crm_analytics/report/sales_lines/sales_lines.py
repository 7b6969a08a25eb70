"""The lines behind a total of items or categories, newest first."""

import frappe
from frappe import _
from frappe.query_builder.functions import Coalesce

from crm_app.crm_analytics import sales_query
from crm_app.crm_analytics.report_parts import card, column, money_column
from crm_app.utils.money import total

OF_LINES = ("item_code", "category")
MOST = 5000  # lines shown; the cards say when there are more


def execute(filters=None):
	filters = frappe._dict(filters or {})
	lines = newest(filters)
	more = len(lines) > MOST
	note = _("Only the newest {0} lines are shown.").format(MOST) if more else None
	return columns(), lines[:MOST], note, None, cards(lines[:MOST])


def newest(filters) -> list[dict]:
	"""Of the newest sales alone where those have lines enough: a whole shop's lines take seconds to sort."""
	if not any(filters.get(name) for name in OF_LINES):
		lines = query(filters, MOST + 1).run(as_dict=True)
		if len(lines) > MOST:
			return lines
	return query(filters).run(as_dict=True)


def query(filters, sales: int | None = None):
	"""Lines of all sales of the filters, or of the newest ones."""
	line, customer = frappe.qb.DocType(sales_query.LINE), frappe.qb.DocType(sales_query.CUSTOMER)
	sale = chosen(filters, sales)
	found = (
		frappe.qb.from_(sale)
		.join(line)
		.on(line.parent == sale.name)
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
		.orderby(line.idx)
		.limit(MOST + 1)
	)
	for name in OF_LINES:
		if filters.get(name):
			found = found.where(Coalesce(line[name], "") == filters.get(name))
	return found


def chosen(filters, most: int | None):
	"""name, posting_date, customer and currency of the sales; the newest ones where `most` is given."""
	sale = frappe.qb.DocType(sales_query.TRANSACTION)
	found = frappe.qb.from_(sale).select(sale.name, sale.posting_date, sale.customer, sale.currency)
	if most:
		found = found.orderby(sale.posting_date, order=frappe.qb.desc).orderby(sale.name).limit(most)
	kinds = sales_query.NET if frappe.utils.cint(filters.net_of_returns) else sales_query.SALES
	return sales_query.narrowed(found, sale, filters, kinds=kinds).as_("sale")


def columns() -> list[dict]:
	return [
		column("posting_date", _("Date"), "Date", 110),
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
		*[
			card(code or _("Amount"), float(total(some)), "Currency", currency=code)
			for code, some in sums.items()
		],
	]
