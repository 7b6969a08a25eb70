"""One span of customers from their sales to their rows: read, score, replace. The caller commits."""

from datetime import date

import frappe
import pandas as pd
from frappe.utils import now_datetime

from crm_app.crm_analytics.scores import histories
from crm_app.crm_analytics.scores.part import EPOCH, Fitted, purchase_summary, score_all
from crm_app.crm_analytics.scores.parts import PARTS, all_fields

SCORE, HISTORY = "Customer Score", "Customer Score History"
OWN = (
	"name", "customer", "customer_name", "as_of", "model_version", "first_sale", "last_sale", "purchase_days",
	"repeat_days", "recency_weeks", "age_weeks", "returned", "year_net",
)  # fmt: skip
KEPT = ("segment", "rfm_code", "monetary", "expected_value", "churn_probability")
STAMPS = ("owner", "modified_by", "creation", "modified", "docstatus", "idx")
AT_ONCE = 500  # rows of one INSERT


def score(span: histories.Span, fitted: dict[str, Fitted], as_of: date, parts=PARTS) -> pd.DataFrame:
	"""Scores of the span's customers, index customer, columns as the parts and `OWN` name them."""
	found = histories.read(span, as_of, fitted["RFM Cuts"].params.get("currency", ""))
	scored = score_all(parts, found, fitted, as_of)
	summary = purchase_summary(found, as_of)
	return scored.assign(
		name=scored.index,
		customer=scored.index,
		first_sale=_days(found["first_day"]),
		last_sale=_days(found["last_day"]),
		purchase_days=found["days"],
		repeat_days=summary["frequency"],
		recency_weeks=summary["recency"].round(6),
		age_weeks=summary["T"].round(6),
	)


def _days(numbers: pd.Series) -> list[date]:
	return [date.fromordinal(EPOCH.toordinal() + number) for number in numbers.tolist()]


def replace_scores(span: histories.Span, fitted: dict[str, Fitted], as_of: date, version: int) -> dict:
	"""The rows of the span become what they should be: {"scored", "removed", "read", "other_currency"}."""
	scored = score(span, fitted, as_of).assign(as_of=as_of, model_version=version)
	before = frappe.db.count(SCORE, span.filters)
	frappe.db.delete(SCORE, span.filters)
	columns = [name for name in (*OWN, *all_fields()) if name in scored]
	_insert(SCORE, columns, scored)
	return {
		"scored": len(scored),
		"removed": max(0, before - len(scored)),
		"read": int(scored["invoices"].sum()),
		"other_currency": int(scored["other_currency"].sum()),
	}


def replace_history(span: histories.Span, fitted: dict[str, Fitted], as_of: date, version: int) -> int:
	"""The same for the row of a month end; returns how many."""
	scored = score(span, fitted, as_of, [part for part in PARTS if part.in_history])
	frappe.db.delete(HISTORY, [["as_of", "=", as_of], *span.filters])
	scored = scored.assign(as_of=as_of, model_version=version, name=f"{as_of:%y%m%d}-" + scored["name"])
	_insert(HISTORY, ["name", "customer", "as_of", "model_version", *KEPT], scored)
	return len(scored)


def _insert(doctype: str, columns: list[str], scored: pd.DataFrame) -> None:
	now, user = now_datetime(), frappe.session.user
	values = [_plain(scored[name]) for name in columns]
	stamps = [[value] * len(scored) for value in (user, user, now, now, 0, 0)]
	rows = zip(*values, *stamps, strict=True)
	frappe.db.bulk_insert(doctype, [*columns, *STAMPS], rows, chunk_size=AT_ONCE)


def _plain(column: pd.Series) -> list:
	"""Python's own numbers; nothing for NaN."""
	values = column.tolist()
	if column.dtype.kind == "f":
		return [0.0 if value != value else value for value in values]
	return values if column.dtype.kind in "iu" else [None if value != value else value for value in values]
