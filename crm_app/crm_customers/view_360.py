"""Everything about one customer for one reader; the number of queries does not grow with the records."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Max, Min, Sum
from frappe.utils import fmt_money, format_datetime, formatdate, getdate, nowdate

from crm_app.crm_analytics import associations
from crm_app.crm_analytics.scores.wording import cluster_in_words, currency_of_scores, reasons_of
from crm_app.crm_customers.domain.monthly_chart import Chart, first_month, monthly_chart
from crm_app.utils.money import ZERO, round_money, to_decimal, total
from crm_app.utils.settings import setting

ROWS = 10  # of each list


@dataclass(frozen=True)
class Section:
	"""Linked records of one DocType, newest first."""

	doctype: str
	columns: tuple[str, ...]
	order_by: str
	filters: tuple[tuple[str, object], ...] = ()


SECTIONS = (
	Section(
		"CRM Transaction",
		("posting_date", "transaction_type", "store", "total_qty", "amount"),
		"posting_date desc, creation desc",
		(("docstatus", 1),),
	),
	Section(
		"CRM Interaction",
		("occurred_on", "channel", "direction", "subject", "outcome"),
		"occurred_on desc",
	),
	Section(
		"Complaint",
		("received_on", "subject", "severity", "status_category", "resolve_by"),
		"received_on desc",
	),
	Section(
		"Member Card",
		("card_no", "programme", "tier", "status_category", "valid_until"),
		"creation desc",
	),
	Section(
		"Expense Request",
		("posting_date", "employee_name", "total_amount", "status_category"),
		"posting_date desc",
	),
)


def readable_customer(name: str):
	"""The customer as the session's user may see it. Throws DoesNotExistError or PermissionError."""
	customer = frappe.get_doc("CRM Customer", name)
	customer.check_permission("read")
	customer.apply_fieldlevel_read_permissions()
	return customer


def build(name: str, as_of: date | None = None) -> dict:
	"""Context of the page: customer, figures, chart (None without the right) and sections."""
	as_of = getdate(as_of or nowdate())
	customer = readable_customer(name)
	sells = frappe.has_permission("CRM Transaction", "read")
	return {
		"customer": customer,
		"figures": figures(name, as_of, sells),
		"chart": revenue_chart(name, as_of) if sells else None,
		"next_products": next_products(name) if sells else [],
		"scores": scores(name),
		"sections": [section_view(section, name) for section in SECTIONS if may_read(section.doctype)],
	}


def scores(name: str) -> dict | None:
	"""The customer's scores in words, with their day and model; None without any or without the right."""
	if not may_read("Customer Score"):
		return None
	rows = frappe.get_list("Customer Score", {"customer": name}, ["*"])
	if not rows:
		return None
	row, forecast = rows[0], bool(rows[0].has_forecast)
	currency = currency_of_scores()
	figures = [
		(_("Segment"), _(row.segment or "")),
		(_("RFM Code"), row.rfm_code),
		(_("Churn Probability"), f"{row.churn_probability:.0f} %"),
		(_("Value at Risk"), money(row.value_at_risk, currency)),
		(_("Expected Value"), money(row.expected_value, currency) if forecast else ""),
		(_("Expected Purchases"), f"{row.expected_purchases:.1f}" if forecast else ""),
		(_("Historic Value"), money(row.historic_value, currency)),
		(_("Annuity Value"), money(row.annuity_value, currency)),
		(_("ABC Class"), row.abc_class),
		(_("Cluster"), cluster_in_words(row.cluster)),
	]
	return {
		"figures": [(label, value) for label, value in figures if value],
		"reasons": reasons_of(row, currency),
		"at_risk": row.at_risk,
		"note": _("Scores of {0}, model version {1}.").format(formatdate(row.as_of), row.model_version),
	}


def next_products(name: str) -> list[dict]:
	return associations.for_customer(name) if may_read(associations.ASSOCIATION) else []


def may_read(doctype: str) -> bool:
	return bool(frappe.has_permission(doctype, "read"))


def money(amount, currency: str | None = None) -> str:
	return fmt_money(float(round_money(amount)), currency=currency or setting("default_currency"))


def figures(name: str, as_of: date, sells: bool) -> dict:
	"""Key figures by name, ready to show; those that the reader may not know are missing."""
	found = purchase_figures(name, as_of) if sells else {}
	if may_read("Complaint"):
		still_open = {"customer": name, "status_category": ["in", ["Open", "Paused"]]}
		found["open_complaints"] = len(
			frappe.get_list("Complaint", still_open, pluck="name", limit_page_length=0)
		)
	if may_read("Expense Request"):
		spent = {"customer": name, "status_category": ["in", ["Approved", "Reimbursed"]]}
		amounts = frappe.get_list("Expense Request", spent, pluck="total_amount", limit_page_length=0)
		found["spent_on"] = money(total(amounts))
	return found


def purchase_figures(name: str, as_of: date) -> dict:
	tx = frappe.qb.DocType("CRM Transaction")
	query = (
		frappe.qb.from_(tx)
		.select(
			tx.transaction_type,
			Count(tx.name).as_("orders"),
			Sum(tx.amount).as_("amount"),
			Min(tx.posting_date).as_("first_on"),
			Max(tx.posting_date).as_("last_on"),
		)
		.where((tx.customer == name) & (tx.docstatus == 1))
		.groupby(tx.transaction_type)
	)
	rows = {row.transaction_type: row for row in query.run(as_dict=True)}
	found = {"revenue": money(total(row.amount for row in rows.values())), "orders": 0}
	if sales := rows.get("Sale"):
		found["orders"] = sales.orders
		found["basket"] = money(to_decimal(sales.amount) / sales.orders)
		found["first_on"] = formatdate(sales.first_on)
		found["last_on"] = formatdate(sales.last_on)
		found["silent_days"] = (as_of - getdate(sales.last_on)).days
	return found


def revenue_chart(name: str, as_of: date) -> Chart:
	tx = frappe.qb.DocType("CRM Transaction")
	query = (
		frappe.qb.from_(tx)
		.select(tx.posting_date, Sum(tx.amount).as_("amount"))
		.where((tx.customer == name) & (tx.docstatus == 1) & (tx.posting_date >= first_month(as_of)))
		.groupby(tx.posting_date)
	)
	by_day = {getdate(day): to_decimal(amount) or ZERO for day, amount in query.run()}
	return monthly_chart(by_day, as_of)


def section_view(section: Section, name: str) -> dict:
	meta = frappe.get_meta(section.doctype)
	fields = [meta.get_field(fieldname) for fieldname in section.columns if meta.has_field(fieldname)]
	rows = frappe.get_list(
		section.doctype,
		{"customer": name, **dict(section.filters)},
		["name", *(field.fieldname for field in fields)],
		order_by=section.order_by,
		limit_page_length=ROWS + 1,
	)
	query = {"customer": name, **dict(section.filters)}
	return {
		"doctype": section.doctype,
		"columns": [{"label": field.label, "numeric": field.fieldtype in NUMERIC} for field in fields],
		"rows": [row_view(section.doctype, row, fields) for row in rows[:ROWS]],
		"more": len(rows) > ROWS,
		"list_url": address(section.doctype) + "?" + urlencode(query),
		"new_url": new_address(section.doctype, name),
	}


NUMERIC = {"Currency", "Float", "Int", "Percent"}


def row_view(doctype: str, row, fields) -> dict:
	cells = [
		{"text": shown(row.get(field.fieldname), field), "numeric": field.fieldtype in NUMERIC}
		for field in fields
	]
	return {"url": address(doctype, row.name), "cells": cells}


def shown(value, field) -> str:
	if value in (None, ""):
		return ""
	if field.fieldtype == "Date":
		return formatdate(value)
	if field.fieldtype == "Datetime":
		return format_datetime(value)
	if field.fieldtype == "Currency":
		return money(value)
	if field.fieldtype in NUMERIC:
		return f"{to_decimal(value).normalize():f}"
	return frappe._(value) if field.fieldtype == "Select" else str(value)


def address(doctype: str, name: str | None = None) -> str:
	"""Where the desk shows the list or the record."""
	path = "/app/" + doctype.lower().replace(" ", "-")
	return f"{path}/{quote(name, safe='')}" if name else path


def new_address(doctype: str, customer: str) -> str | None:
	if not frappe.has_permission(doctype, "create"):
		return None
	return address(doctype, "new") + "?" + urlencode({"customer": customer})
