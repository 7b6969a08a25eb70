"""Sums over the members' ledger for reports: grouped in the database, under the reader's row rule."""

from datetime import date

import frappe
from frappe import _
from frappe.query_builder.functions import Sum
from frappe.utils import getdate, nowdate
from pypika import CustomFunction

from crm_app.crm_customers.permissions import apply_row_rule
from crm_app.crm_membership.domain.tiers import add_months
from crm_app.utils.money import to_decimal
from crm_app.utils.settings import setting

ENTRY, LOT, ACCOUNT = "Member Ledger Entry", "Member Lot", "Member Account"
Substring = CustomFunction("SUBSTR", ["text", "start", "length"])
MONTHS = 12  # shown where no start was chosen


def month_of(column):
	"""YYYY-MM on both databases."""
	return Substring(column, 1, 7)


def dates(filters, title: str) -> tuple[date, date]:
	"""From and to, by default the last twelve months. Throws for an end before the start."""
	end = getdate(filters.to_date or nowdate())
	start = getdate(filters.from_date) if filters.from_date else add_months(end.replace(day=1), 1 - MONTHS)
	if start > end:
		frappe.throw(_("From Date: lies after To Date"), title=title)
	return start, end


def entries(filters, kinds: list[str], *groups, until: date | None = None, since: date | None = None):
	"""Rows entry_type, is_plus (the sign), total and `groups` (name: column maker) of what was posted."""
	entry = frappe.qb.DocType(ENTRY)
	query = frappe.qb.from_(entry).select(entry.kind, entry.entry_type, Sum(entry.amount).as_("total"))
	query = query.where(entry.kind.isin(kinds)).groupby(entry.kind, entry.entry_type)
	for name, make in groups:
		column = make(entry)
		query = query.select(column.as_(name)).groupby(column)
	if since:
		query = query.where(entry.posting_date >= since)
	if until:
		query = query.where(entry.posting_date <= until)
	for fieldname in ("programme", "store"):
		if filters.get(fieldname):
			query = query.where(entry[fieldname] == filters[fieldname])
	return apply_row_rule(query, entry.customer).run(as_dict=True)


def balance_before(filters, kind: str, day: date):
	entry = frappe.qb.DocType(ENTRY)
	query = frappe.qb.from_(entry).select(Sum(entry.amount))
	query = query.where((entry.kind == kind) & (entry.posting_date < day))
	for fieldname in ("programme", "store"):
		if filters.get(fieldname):
			query = query.where(entry[fieldname] == filters[fieldname])
	return to_decimal(apply_row_rule(query, entry.customer).run()[0][0])


def currency_of(programme: str | None) -> str | None:
	if programme:
		return frappe.get_cached_value("Membership Programme", programme, "currency")
	return setting("default_currency")
