"""Values as readers see them: dates, money, percent, yes/no, links, translated options."""

import frappe
from django.utils.html import format_html, mark_safe
from frappe import _
from frappe.utils import cint, flt, getdate, strip_html

from desk import routes

NUMERIC = ("Int", "Float", "Currency", "Percent", "Duration", "Rating", "Long Int")
COLOURS = {
	"green": "Active Approved Resolved Submitted Completed Finished Running Enabled VIP Won Reimbursed Yes",
	"orange": "Pending Paused Draft Warning Potential Medium Suspended Queued Started",
	"red": "Cancelled Rejected Overdue Lost Critical Failed Terminated Erased Stopped High Error",
	"blue": "Open Issued New Received Growth Development Investigating Classified",
	"gray": "Closed Inactive Merged Archived Expired Replaced Disabled Low Ordinary",
}
COLOUR_OF = {word: colour for colour, words in COLOURS.items() for word in words.split()}
DOCSTATUS = {0: ("Draft", "orange"), 1: ("Submitted", "blue"), 2: ("Cancelled", "red")}


def format_value(value, df=None, doc=None, link: bool = False):
	"""Safe HTML for a value of field `df`; `doc` has its currency, `link` makes Link values clickable."""
	fieldtype = (df or {}).get("fieldtype") or "Data"
	if value in (None, ""):
		return ""
	if fieldtype == "Check":
		return mark_safe('<span class="msym">check_small</span>') if cint(value) else ""
	if fieldtype in ("Currency", "Float", "Percent", "Int", "Long Int"):
		return format_number(value, df, doc)
	if fieldtype == "Date":
		return getdate(value).isoformat()
	if fieldtype == "Datetime":
		return str(value)[:16]
	if fieldtype == "Time":
		return str(value)[:5].rjust(5, "0")
	if fieldtype == "Select":
		return _(str(value))
	if fieldtype in ("Text Editor", "HTML Editor", "HTML"):
		return strip_html(str(value))[:200]
	if fieldtype in ("Link", "Dynamic Link") and link:
		return link_html(value, df, doc)
	return str(value)


def format_number(value, df, doc=None) -> str:
	fieldtype = df.get("fieldtype")
	if fieldtype in ("Int", "Long Int"):
		return f"{cint(value):,}" if df.get("grouping", True) else str(cint(value))
	number = flt(value)
	if fieldtype == "Currency":
		return f"{currency_symbol(df, doc)}{number:,.2f}".replace("¥-", "-¥")
	if fieldtype == "Percent":
		return f"{number:,.1f}%"
	places = cint(df.get("precision")) if df.get("precision") else 3
	text = f"{number:,.{places}f}"
	return text.rstrip("0").rstrip(".") if not df.get("precision") else text


def currency_symbol(df, doc=None) -> str:
	"""Shown only where a record has a currency of its own; the site's own currency goes without saying."""
	options = df.get("options") or ""
	code = (doc.get(options) if doc and options and ":" not in options else None) or ""
	return f"{code} " if code and code != own_currency() else ""


def own_currency() -> str | None:
	"""The site's, read once per request and not once per cell."""
	key = "desk.currency"
	if key not in frappe.local.cache:
		frappe.local.cache[key] = frappe.db.get_default("currency")
	return frappe.local.cache[key]


def link_html(value, df, doc=None):
	target = df.get("options")
	if df.get("fieldtype") == "Dynamic Link":
		target = doc.get(target) if doc else None
	if not target:
		return str(value)
	return format_html('<a href="{}">{}</a>', routes.form_url(target, value), value)


def indicator(doctype: str, row) -> tuple[str, str] | None:
	"""(label, colour) of a record's state: workflow state, else status field, else docstatus."""
	meta = frappe.get_meta(doctype)
	for fieldname in ("workflow_state", "status_category", "status"):
		if meta.has_field(fieldname) and row.get(fieldname):
			colour = state_colour(doctype, row, fieldname)
			return _(row[fieldname]), colour
	if meta.is_submittable:
		label, colour = DOCSTATUS[cint(row.get("docstatus"))]
		return _(label), colour
	if meta.has_field("enabled") or meta.has_field("disabled"):
		on = cint(row.get("enabled")) if meta.has_field("enabled") else not cint(row.get("disabled"))
		return (_("Enabled"), "green") if on else (_("Disabled"), "gray")
	return None


def state_colour(doctype: str, row, fieldname: str) -> str:
	if cint(row.get("docstatus")) == 2:
		return "red"
	category = row.get("status_category") or row.get(fieldname)
	return COLOUR_OF.get(row.get(fieldname)) or COLOUR_OF.get(category) or "blue"
