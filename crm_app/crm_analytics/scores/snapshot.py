"""Reading the scores: what every report and page says about their date, and rows under the row rule."""

from urllib.parse import urlencode

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Sum
from frappe.utils import cint, format_datetime, formatdate, getdate, nowdate

from crm_app.crm_analytics.sales_query import of_buyers
from crm_app.crm_analytics.scores.facts import in_words
from crm_app.crm_analytics.scores.fitting import MODEL
from crm_app.crm_analytics.scores.work import RUN
from crm_app.utils.settings import setting

SCORE, CUSTOMER = "Customer Score", "CRM Customer"
FRESH_DAYS = 1  # last night's scores are fresh
MOST_ROWS = 500  # listed unless the reader asks for more
STATE = [
	"name", "kind", "status", "as_of", "model_version", "ended_on", "customers_scored", "message",
	"progress", "currency",
]  # fmt: skip
ON_SCORE = ("segment", "churn_band", "at_risk", "abc_class", "cluster", "inactive")
ON_CUSTOMER = ("grade", "lifecycle_stage", "city", "customer_type")


def snapshot() -> frappe._dict:
	"""as_of (None before the first scores), version, fitted_on, customers, message, age, is_stale, currency.

	`age` is in days; `unfinished` is a later run that did not come to its end, or None.
	"""
	rows = frappe.get_all(RUN, fields=STATE, order_by="creation desc", limit_page_length=50)
	whole = next((row for row in rows if row.status == "Completed" and row.kind != "Incremental"), None)
	unfinished = rows[0] if rows and rows[0].status != "Completed" else None
	if not whole:
		own = setting("default_currency")
		return frappe._dict(as_of=None, is_stale=True, currency=own, unfinished=unfinished)
	age = (getdate(nowdate()) - getdate(whole.as_of)).days
	return frappe._dict(
		as_of=getdate(whole.as_of),
		version=whole.model_version,
		fitted_on=frappe.db.get_value(MODEL, {"version": whole.model_version}, "fitted_on"),
		customers=whole.customers_scored,
		message=whole.message,
		currency=whole.currency or setting("default_currency"),
		age=age,
		is_stale=age > FRESH_DAYS,
		unfinished=unfinished,
	)


@frappe.whitelist()
def age_card(filters=None) -> dict:
	"""The number card of the workspace: days since the day of the scores."""
	frappe.has_permission(SCORE, "read", throw=True)
	return {"value": snapshot().age or 0, "fieldtype": "Int", "route": ["List", RUN]}


def rows_of(
	fields: list[str], filters: dict, order_by: str, at_least: tuple[str, float] | None = None
) -> list[dict]:
	"""Rows of Customer Score with the customer's name and manager, largest `order_by` first; one query.

	`at_least` is a column and its least value; `filters.limit` says how many rows.
	"""
	score, customer = frappe.qb.DocType(SCORE), frappe.qb.DocType(CUSTOMER)
	query = frappe.qb.from_(score).join(customer).on(customer.name == score.customer)
	query = query.select(score.customer, customer.customer_name, customer.account_manager)
	query = query.select(*(score[name] for name in fields))
	if at_least:
		query = query.where(score[at_least[0]] >= at_least[1])
	query = query.orderby(score[order_by], order=frappe.qb.desc).limit(limit_of(filters))
	return narrowed(query, score, customer, filters).run(as_dict=True)


def limit_of(filters) -> int:
	return min(max(cint(filters.get("limit")) or MOST_ROWS, 1), 100_000)


def sums_by(group, sums: list[str], filters, more=()) -> list[dict]:
	"""Customers and sums per value of `group`, which makes columns by name of (score, customer); one query.

	`more` are further aggregates, functions of (score, customer) by name.
	"""
	score, customer = frappe.qb.DocType(SCORE), frappe.qb.DocType(CUSTOMER)
	query = frappe.qb.from_(score).join(customer).on(customer.name == score.customer)
	for name, column in group(score, customer).items():
		query = query.select(column.as_(name)).groupby(column)
	query = query.select(Count("*").as_("customers"), *(Sum(score[name]).as_(name) for name in sums))
	for name, aggregate in dict(more).items():
		query = query.select(aggregate(score, customer).as_(name))
	return narrowed(query, score, customer, filters).run(as_dict=True)


def narrowed(query, score, customer, filters):
	"""Filters on score, customer, place of purchase, segment and account manager, then the row rule."""
	for table, names in ((score, ON_SCORE), (customer, ON_CUSTOMER)):
		for name in names:
			if filters.get(name):
				query = query.where(table[name] == filters.get(name))
	return of_buyers(query, score.customer, filters)


def note(state: frappe._dict, report: str | None = None, filters: dict | None = None) -> str:
	"""A report's message: day and models, a warning where they are old, and where to go on from the list."""
	parts = [_("There are no scores yet. A manager starts them in Analytics Settings → Refresh Scores.")]
	if state.as_of:
		told = _("Scores of {0}, model {1} of {2}.")
		parts = [told.format(formatdate(state.as_of), state.version, format_datetime(state.fitted_on))]
	if state.as_of and state.is_stale:
		parts.append(_bold(_("These scores are {0} days old.").format(state.age)))
	if state.unfinished:
		told = _("A refresh is not complete ({0}, {1} %): some customers have newer scores.")
		parts.append(_bold(told.format(_(state.unfinished.status), round(state.unfinished.progress or 0))))
	if state.message:
		parts.append(frappe.utils.escape_html(in_words(state.message)))
	if report and state.as_of:
		parts.append(action_link(report, filters or {}))
	return " ".join(parts)


def _bold(text: str) -> str:
	return f"<b>{text}</b>"


def action_link(report: str, filters: dict) -> str:
	query = urlencode({"report": report, **{key: value for key, value in filters.items() if value}})
	return '<a href="/score_actions?{}">{}</a>'.format(query, _("Save as segment or make tasks"))
