"""The button of an earn rule."""

from datetime import date
from urllib.parse import quote

import frappe
from frappe import _
from frappe.utils import add_months, escape_html, getdate, nowdate

from crm_app.crm_membership import earn_preview
from crm_app.utils.actions import stored

MONTHS, MOST = 3, 20_000  # a button answers at once; the report looks at more


@frappe.whitelist()
def preview(doc: str | dict):
	"""Tells what the stored rule would have given in the last months; writes nothing."""
	rule = stored(doc, "Earn Rule", "read")
	counted, complete = earn_preview.preview(rule, *period(), most=MOST)
	months = counted.months.values()
	text = _("{0} of {1} sales of the last {2} months, {3} customers: {4} points.").format(
		sum(month.hit for month in months),
		sum(month.sales for month in months),
		MONTHS,
		counted.customers,
		f"{sum((month.by_rule for month in months), 0):f}",
	)
	if not complete:
		text += " " + _("Only the first {0} sales were counted; choose a shorter period.").format(MOST)
	address = f"/app/query-report/Earn%20Rule%20Preview?rule={quote(rule.name)}"
	frappe.msgprint(f'{text}<br><a href="{escape_html(address)}">{_("Month by month")}</a>')
	return rule


def period() -> tuple[date, date]:
	today = getdate(nowdate())
	return getdate(add_months(today, -MONTHS)), today
