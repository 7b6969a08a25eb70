"""Values as text for people."""

import datetime

import frappe
from frappe.utils.data import cstr, flt, get_datetime, getdate

SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "HKD": "HK$"}
PATTERNS = {"yyyy": "%Y", "mm": "%m", "dd": "%d"}


def _date_pattern(format_string: str | None) -> str:
	pattern = (format_string or frappe.local.conf.get("date_format") or "yyyy-mm-dd").lower()
	for name, code in PATTERNS.items():
		pattern = pattern.replace(name, code)
	return pattern


def formatdate(string_date=None, format_string: str | None = None, parse_day_first: bool = False) -> str:
	if not string_date:
		return ""
	return getdate(string_date).strftime(_date_pattern(format_string))


format_date = formatdate


def format_time(time_string=None, format_string: str | None = None) -> str:
	from frappe.utils.data import get_time

	return get_time(time_string).strftime("%H:%M:%S") if time_string not in (None, "") else ""


def format_datetime(datetime_string, format_string: str | None = None) -> str:
	if not datetime_string:
		return ""
	value = get_datetime(datetime_string)
	return f"{value.strftime(_date_pattern(None))} {value.strftime('%H:%M:%S')}"


def fmt_money(
	amount, precision: int | None = None, currency: str | None = None, format: str | None = None
) -> str:
	"""Amount with thousands separators, and the currency's symbol when a currency is given."""
	text = f"{flt(amount):,.{2 if precision is None else int(precision)}f}"
	return f"{SYMBOLS.get(currency, currency)} {text}" if currency else text


def format_duration(seconds, hide_days: bool = False) -> str:
	seconds = int(flt(seconds))
	parts, days = [], 0 if hide_days else seconds // 86400
	for count, unit in (
		(days, "d"),
		((seconds - days * 86400) // 3600, "h"),
		(seconds // 60 % 60, "m"),
		(seconds % 60, "s"),
	):
		if count:
			parts.append(f"{count}{unit}")
	return " ".join(parts)


def pretty_date(iso_datetime) -> str:
	"""How long ago, in words."""
	if not iso_datetime:
		return ""
	from frappe.utils.data import now_datetime

	seconds = (now_datetime() - get_datetime(iso_datetime)).total_seconds()
	for size, text in (
		(86400 * 365, "{0} years ago"),
		(86400 * 30, "{0} months ago"),
		(86400, "{0} days ago"),
		(3600, "{0} hours ago"),
		(60, "{0} minutes ago"),
	):
		if seconds >= size:
			return frappe._(text).format(int(seconds // size))
	return frappe._("just now")


def format_value(value, df=None, doc=None, currency=None, translated=False, format=None) -> str:
	"""A field's value as a person reads it."""
	df = frappe._dict(df) if isinstance(df, dict) else frappe._dict(fieldtype=df)
	kind = df.fieldtype
	if value is None and kind not in ("Currency", "Float", "Int", "Check", "Percent"):
		return ""
	if kind == "Currency":
		return fmt_money(value, precision=df.precision or None, currency=currency)
	if kind == "Float":
		return f"{flt(value):,.{int(df.precision or 3)}f}"
	if kind == "Percent":
		return f"{flt(value, 2):g}%"
	if kind in ("Date", "Datetime", "Time", "Duration"):
		return {
			"Date": formatdate,
			"Datetime": format_datetime,
			"Time": format_time,
			"Duration": format_duration,
		}[kind](value)
	if isinstance(value, datetime.date | datetime.datetime):
		return formatdate(value)
	return frappe._(cstr(value)) if kind == "Select" or translated else cstr(value)
