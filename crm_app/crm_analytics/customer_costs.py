"""What was spent on customers in a period, by customer; what the reader may not read is left out."""

from datetime import timedelta

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Coalesce, Sum
from frappe.utils import flt

from crm_app.crm_analytics import sales_query
from crm_app.utils.money import ZERO, to_decimal

# What a member took out of the programme, and what went back into it when the sale was undone.
USED = {"Points": ("Redeem", "Return"), "Bonus": ("Payment", "Return")}


def revenue(filters, money) -> dict[str, float]:
	"""Sales less returns."""
	sale = frappe.qb.DocType(sales_query.TRANSACTION)
	query = frappe.qb.from_(sale).select(sale.customer, Sum(sale.amount)).groupby(sale.customer)
	return _amounts(sales_query.narrowed(query, sale, filters, money, sales_query.NET))


def costs(filters, money, hourly_cost: float) -> dict[str, dict[str, float]]:
	"""Kind of cost -> customer -> money."""
	kinds = {
		"compensation": ("Complaint", lambda: compensation(filters, money)),
		"service": ("CRM Interaction", lambda: service(filters, hourly_cost)),
		"expenses": ("Expense Request", lambda: expenses(filters)),
		"rewards": ("Member Ledger Entry", lambda: rewards(filters)),
	}
	return {name: read() for name, (doctype, read) in kinds.items() if frappe.has_permission(doctype, "read")}


def compensation(filters, money) -> dict[str, float]:
	"""Compensations of complaints that were resolved in the period, in the currency of the report."""
	complaint = frappe.qb.DocType("Complaint")
	query = frappe.qb.from_(complaint).select(complaint.customer, Sum(complaint.compensation_amount))
	query = query.where(complaint.compensation_amount > 0)
	query = query.where(complaint.status_category.isin(["Resolved", "Closed"]))
	query = query.where(Coalesce(complaint.currency, money.code).isin(["", money.code]))
	query = _within(query, complaint.resolved_on, filters).groupby(complaint.customer)
	return _amounts(sales_query.of_customers(query, complaint.customer, filters))


def service(filters, hourly_cost: float) -> dict[str, float]:
	"""Minutes spent talking to the customer, at the cost of an hour."""
	contact = frappe.qb.DocType("CRM Interaction")
	query = frappe.qb.from_(contact).select(contact.customer, Sum(contact.duration_minutes))
	query = _within(query.where(contact.duration_minutes > 0), contact.occurred_on, filters)
	query = sales_query.of_customers(query.groupby(contact.customer), contact.customer, filters)
	return {name: minutes * hourly_cost / 60 for name, minutes in _amounts(query).items()}


def expenses(filters) -> dict[str, float]:
	"""Requests for the customer: what was paid back, and what is approved and still to be paid."""
	start, end = sales_query.period(filters)
	days = ["between", [start, end]] if start else ["<=", end]
	asked = {
		"status_category": ["in", ["Approved", "Reimbursed"]],
		"posting_date": days,
		"customer": ["is", "set"],
	}
	fields = ["customer", "status_category", "total_amount", "reimbursed_total"]
	sums: dict[str, float] = {}
	wanted = _chosen(filters)
	for row in frappe.get_list("Expense Request", asked, fields, limit_page_length=0):
		if wanted is None or row.customer in wanted:
			paid = row.reimbursed_total if row.status_category == "Reimbursed" else row.total_amount
			sums[row.customer] = sums.get(row.customer, ZERO) + to_decimal(paid)
	return {name: float(amount) for name, amount in sums.items()}


def _chosen(filters) -> set[str] | None:
	"""Customers that the filters and the row rule leave; None for all of them."""
	customer = frappe.qb.DocType(sales_query.CUSTOMER)
	everybody = frappe.qb.from_(customer).select(customer.name)
	narrowed = sales_query.of_customers(everybody, customer.name, filters)
	return None if str(narrowed) == str(everybody) else {name for (name,) in narrowed.run()}


def rewards(filters) -> dict[str, float]:
	"""Points redeemed, at the value of a point in their programme, and gifted money that was spent."""
	entry, programme = frappe.qb.DocType("Member Ledger Entry"), frappe.qb.DocType("Membership Programme")
	start, end = sales_query.period(filters)
	points, gifted = ((entry.kind == kind) & entry.entry_type.isin(types) for kind, types in USED.items())
	value = Case().when(points, entry.amount * Coalesce(programme.point_value, 0)).else_(entry.amount)
	query = frappe.qb.from_(entry).left_join(programme).on(programme.name == entry.programme)
	query = query.select(entry.customer, Sum(-value)).groupby(entry.customer)
	query = query.where((points | gifted) & (entry.posting_date <= end))
	if start:
		query = query.where(entry.posting_date >= start)
	return _amounts(sales_query.of_customers(query, entry.customer, filters))


def _within(query, moment, filters):
	"""The days of the period, for a column with a time of day."""
	start, end = sales_query.period(filters)
	query = query.where(moment < end + timedelta(days=1))
	return query.where(moment >= start) if start else query


def _amounts(query) -> dict[str, float]:
	return {customer: round(flt(amount), 4) for customer, amount in query.run() if customer and flt(amount)}
