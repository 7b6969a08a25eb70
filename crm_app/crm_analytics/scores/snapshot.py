"""Reading the scores: what every report and page says about their date, and rows under the row rule."""

from urllib.parse import urlencode

import frappe
from frappe import _
from frappe.utils import format_datetime, formatdate, getdate, nowdate

from crm_app.crm_analytics.scores.fitting import MODEL
from crm_app.crm_analytics.scores.work import RUN
from crm_app.crm_customers.permissions import apply_row_rule

SCORE, CUSTOMER = "Customer Score", "CRM Customer"
FRESH_DAYS = 1  # last night's scores are fresh
STATE = ["name", "kind", "status", "as_of", "model_version", "ended_on", "customers_scored", "message"]


def snapshot() -> frappe._dict:
	"""as_of (None where nothing was scored yet), version, fitted_on, customers, message, age, is_stale.

	`age` is in days; `unfinished` is a later run that did not come to its end, or None.
	"""
	order = "creation desc"
	rows = frappe.get_all(RUN, fields=[*STATE, "progress"], order_by=order, limit_page_length=50)
	whole = next((row for row in rows if row.status == "Completed" and row.kind != "Incremental"), None)
	if not whole:
		return frappe._dict(as_of=None, is_stale=True, unfinished=rows[0] if rows else None)
	fitted = frappe.db.get_value(MODEL, {"version": whole.model_version}, "fitted_on")
	age = (getdate(nowdate()) - getdate(whole.as_of)).days
	return frappe._dict(
		as_of=getdate(whole.as_of),
		version=whole.model_version,
		fitted_on=fitted,
		customers=whole.customers_scored,
		message=whole.message,
		age=age,
		is_stale=age > FRESH_DAYS,
		unfinished=rows[0] if rows[0].status != "Completed" else None,
	)


def rows_of(fields: list[str], filters: dict, limit: int, order_by: str):
	"""Rows of Customer Score with the customer's name, owner and groups; one query, the reader's rows only.

	`fields` and `order_by` are columns of Customer Score; `filters` go to `narrowed`.
	"""
	score, customer = frappe.qb.DocType(SCORE), frappe.qb.DocType(CUSTOMER)
	query = (
		frappe.qb.from_(score)
		.join(customer)
		.on(customer.name == score.customer)
		.select(score.customer, customer.customer_name, customer.account_manager)
		.select(*(score[name] for name in fields))
		.orderby(score[order_by], order=frappe.qb.desc)
		.limit(limit)
	)
	return narrowed(query, score, customer, filters).run(as_dict=True)


def narrowed(query, score, customer, filters: dict):
	"""Filters on the score (segment, churn_band, at_risk, abc_class, cluster) and on the customer
	(account_manager, grade, lifecycle_stage, city, customer_type), then the row rule."""
	for name in ON_SCORE:
		if filters.get(name):
			query = query.where(score[name] == filters[name])
	for name in ON_CUSTOMER:
		if filters.get(name):
			query = query.where(customer[name] == filters[name])
	return apply_row_rule(query, score.customer)


ON_SCORE = ("segment", "churn_band", "at_risk", "abc_class", "cluster", "inactive")
ON_CUSTOMER = ("account_manager", "grade", "lifecycle_stage", "city", "customer_type")


def note(state: frappe._dict, report: str | None = None, filters: dict | None = None) -> str:
	"""A report's message: day and models, a warning where they are old, and where to go on from the list."""
	if not state.as_of:
		return _("There are no scores yet. A manager starts them in Analytics Settings → Refresh Scores.")
	parts = [
		_("Scores of {0}, model {1} of {2}.").format(
			formatdate(state.as_of), state.version, format_datetime(state.fitted_on)
		)
	]
	if state.is_stale:
		parts.append("<b>" + _("These scores are {0} days old.").format(state.age) + "</b>")
	if state.unfinished:
		parts.append(
			"<b>"
			+ _("A refresh is not complete ({0}, {1} %): some customers have newer scores.").format(
				_(state.unfinished.status), round(state.unfinished.progress or 0)
			)
			+ "</b>"
		)
	if state.message:
		parts.append(frappe.utils.escape_html(state.message))
	if report:
		parts.append(action_link(report, filters or {}))
	return " ".join(parts)


def action_link(report: str, filters: dict) -> str:
	query = urlencode({"report": report, **{key: value for key, value in filters.items() if value}})
	return '<a href="/score_actions?{}">{}</a>'.format(query, _("Save as segment or make tasks"))
