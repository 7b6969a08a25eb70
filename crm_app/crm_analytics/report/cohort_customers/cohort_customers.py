"""The customers behind a cell of the cohort heat map."""

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Max, Sum
from frappe.utils import cint

from crm_app.crm_analytics import cohorts, sales_query
from crm_app.crm_analytics.report_parts import card, column, joined, list_route, money_column
from crm_app.crm_analytics.scores.snapshot import action_link
from crm_app.utils.money import total


def execute(filters=None):
	filters = frappe._dict(filters or {})
	if not filters.cohort:
		return (
			columns(),
			[],
			_("Open this report from a cell of Cohort Retention, or type a month."),
			None,
			[],
		)
	cohort = cohorts.month_of(filters.cohort)
	month = cohort + cint(filters.months_later)
	money = sales_query.Money()
	found = query(cohort, month, filters, money).run(as_dict=True)
	for row in found:
		row.currency = money.code
		row.sales_route = list_route(
			sales_query.TRANSACTION, **sales_query.list_filters(within(month, filters)), customer=row.customer
		)
	note = joined([money.note, action_link("Cohort Customers", filters) if found else None])
	return columns(), found, note, None, cards(found, money)


def within(month, filters) -> frappe._dict:
	"""The filters with the days of `month` as their period."""
	first, last = month.start_time.date(), month.end_time.date()
	return frappe._dict({**filters, "from_date": first, "to_date": last})


def query(cohort, month, filters, money):
	sale, first = frappe.qb.DocType(sales_query.TRANSACTION), cohorts.first_sales(filters)
	customer = frappe.qb.DocType(sales_query.CUSTOMER)
	began = first.first_on[cohort.start_time.date() : cohort.end_time.date()]
	sums = (
		frappe.qb.from_(sale)
		.join(first)
		.on(first.customer == sale.customer)
		.select(
			sale.customer,
			Max(first.first_on).as_("first_on"),
			Count(sale.name).as_("sales"),
			Sum(sale.amount).as_("revenue"),
		)
		.where(began)
		.groupby(sale.customer)
	)
	sums = sales_query.narrowed(sums, sale, within(month, filters), money)
	return (
		frappe.qb.from_(sums)
		.join(customer)
		.on(customer.name == sums.customer)
		.select(sums.customer, customer.customer_name, sums.first_on, sums.sales, sums.revenue)
		.orderby(sums.revenue, order=frappe.qb.desc)
		.orderby(sums.customer)
	)


def columns() -> list[dict]:
	return [
		column("customer", _("Customer"), "Link", 120, options="CRM Customer"),
		column("customer_name", _("Customer Name"), width=180),
		column("first_on", _("First Sale"), "Date", 110),
		column("sales", _("Sales in the Month"), "Int", 120),
		money_column("revenue", _("Revenue in the Month"), 150),
	]


def cards(found: list, money) -> list[dict]:
	if not found:
		return []
	return [
		card(_("Customers"), len(found), "Int"),
		card(_("Revenue"), float(total(row.revenue for row in found)), "Currency", currency=money.code),
	]
