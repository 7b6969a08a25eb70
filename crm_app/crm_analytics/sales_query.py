"""The sales behind every analytics report: period, store, channel, segment and account manager, under the
row rule, in one currency."""

from datetime import date

import frappe
from frappe import _
from frappe.query_builder.functions import Max, Min
from frappe.utils import getdate, nowdate
from pypika.terms import CustomFunction

from crm_app.crm_customers.permissions import apply_row_rule
from crm_app.utils.settings import setting

TRANSACTION, LINE, CUSTOMER = "CRM Transaction", "CRM Transaction Item", "CRM Customer"
# Frappe's own list of functions lacks these on a real site
Year, Month = CustomFunction("YEAR", ["day"]), CustomFunction("MONTH", ["day"])
DateDiff = CustomFunction("DATEDIFF", ["later", "earlier"])
SALES, NET = ("Sale",), ("Sale", "Return")
DIRECT = ("store", "channel", "employee")
PLACES = ("store", "channel")  # where a customer of the scores bought
ROUTED = ("from_date", "to_date", "store", "channel", "customer_segment", "account_manager")


def period(filters) -> tuple[date | None, date]:
	"""First and last day; the last is today where none is given, so that sales to come do not count."""
	start, end = _day(filters, "from_date"), _day(filters, "to_date") or getdate(nowdate())
	if start and start > end:
		frappe.throw(_("From Date must not be after To Date."), title=_("From Date"))
	return start, end


def _day(filters, fieldname: str) -> date | None:
	value = filters.get(fieldname)
	if value in (None, ""):
		return None
	if value == "Today":
		return getdate(nowdate())
	try:
		return getdate(value)
	except (ValueError, TypeError, frappe.ValidationError):
		frappe.throw(_("{0} is no date.").format(value), title=_("Date"))


class Money:
	"""The currency a report adds up: that of the transactions, the site's own where several are in use."""

	def __init__(self):
		lowest, highest = _edge(Min), _edge(Max)
		self.mixed = lowest != highest
		own = setting("default_currency")
		self.code = own if self.mixed and _occurs(own) else lowest or own

	@property
	def note(self) -> str | None:
		return _("Only amounts in {0} are added up.").format(self.code) if self.mixed else None


def _edge(function):
	"""First or last currency in use, from the end of an index."""
	sale = frappe.qb.DocType(TRANSACTION)
	return frappe.qb.from_(sale).select(function(sale.currency)).run()[0][0]


def _occurs(code: str) -> bool:
	return bool(frappe.db.exists(TRANSACTION, {"currency": code}))


def narrowed(query, sale, filters, money: Money | None = None, kinds=SALES):
	"""`query` over `sale`, a CRM Transaction, restricted to what filters and rights of the reader allow."""
	start, end = period(filters)
	query = query.where((sale.docstatus == 1) & (sale.posting_date <= end))
	query = query.where(
		sale.transaction_type == kinds[0] if len(kinds) == 1 else sale.transaction_type.isin(kinds)
	)
	if start:
		query = query.where(sale.posting_date >= start)
	for name in DIRECT:
		if filters.get(name):
			query = query.where(sale[name] == filters.get(name))
	if money and money.mixed:
		query = query.where(sale.currency == money.code)
	return of_customers(query, sale.customer, filters)


def of_customers(query, customer_column, filters):
	"""`query`, restricted to the customers of the filters that the reader may see."""
	if filters.get("customer"):
		query = query.where(customer_column == filters.get("customer"))
	if filters.get("customer_segment"):
		member = frappe.qb.DocType("Customer Segment Member")
		chosen = member.segment == filters.get("customer_segment")
		query = query.where(
			customer_column.isin(frappe.qb.from_(member).select(member.customer).where(chosen))
		)
	if filters.get("account_manager"):
		customer = frappe.qb.DocType(CUSTOMER)
		theirs = customer.account_manager == filters.get("account_manager")
		query = query.where(
			customer_column.isin(frappe.qb.from_(customer).select(customer.name).where(theirs))
		)
	return apply_row_rule(query, customer_column)


def of_buyers(query, customer_column, filters):
	"""`of_customers`, restricted to those who ever bought in the store and channel of the filters.

	Each customer is looked up in the index of sales by customer, until the first sale that fits.
	"""
	wanted = [name for name in PLACES if filters.get(name)]
	if wanted:
		sale = frappe.qb.DocType(TRANSACTION)
		fits = (sale.customer == customer_column) & (sale.docstatus == 1) & (sale.transaction_type == "Sale")
		for name in wanted:
			fits &= sale[name] == filters.get(name)
		# not EXISTS: MariaDB would read all sales once to make a list of their customers
		one = frappe.qb.from_(sale).select(sale.customer).where(fits).limit(1)
		query = query.where(customer_column == one)
	return of_customers(query, customer_column, filters)


def kept(filters, *names: str) -> dict:
	"""The filters that a drill-down takes along."""
	return {name: filters.get(name) for name in names or ROUTED if filters.get(name)}


def list_filters(filters) -> dict:
	"""The same narrowing as filters of the transaction list, as far as a list can say it."""
	start, end = period(filters)
	days = ["between", [str(start), str(end)]] if start else ["<=", str(end)]
	return {"docstatus": 1, "posting_date": days, **kept(filters, *DIRECT)}
