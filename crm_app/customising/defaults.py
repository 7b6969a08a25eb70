"""A default that no record could take makes every new record fail: it is refused where it is set."""

import re
from datetime import date, datetime, time

import frappe
from frappe import _
from frappe.utils import cint, cstr, flt, validate_email_address, validate_phone_number

from crm_app.customising import saying
from crm_app.customising.saying import field_label

WHOLE = re.compile(r"[-+]?\d+")
NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)")
MOMENTS = {
	"Date": (date, ("Today",)),
	"Datetime": (datetime, ("Now", "now", "Today")),
	"Time": (time, ("Now", "now")),
}
DATA = {"Email": validate_email_address, "Phone": validate_phone_number}
LENGTH = 140  # of a Data column


def choices(options: str | None) -> list[str]:
	return [option.strip() for option in (options or "").split("\n") if option.strip()]


def check(df) -> None:
	"""`df`: the field as it will be."""
	value = cstr(df.default).strip()
	if not value:
		return
	if df.fieldtype == "Select":
		if value not in choices(df.options):
			text = _("{0} cannot be the default value of {1}: it is none of its choices.")
			saying.refuse(text.format(value, field_label(df)))
	elif df.fieldtype == "Link":
		_check_link(df, value)
	elif not _fits(df, value):
		text = _("{0} cannot be the default value of {1}, a field of type {2}.")
		saying.refuse(text.format(value[:60], field_label(df), _(df.fieldtype)))


def _check_link(df, value: str) -> None:
	"""`:DocType` takes the value of that record, `__user` is whoever makes the record."""
	if not value.startswith(":") and value != "__user" and not frappe.db.exists(df.options, value):
		text = _("{0} cannot be the default value of {1}: there is no such {2}.")
		saying.refuse(text.format(value, field_label(df), _(df.options)))


def _fits(df, value: str) -> bool:
	kind = df.fieldtype
	if kind == "Check":
		return value in ("0", "1")
	if kind in ("Int", "Duration"):
		return bool(WHOLE.fullmatch(value)) and _is_allowed(df, value)
	if kind in ("Float", "Currency", "Percent", "Rating"):
		return bool(NUMBER.fullmatch(value)) and _is_allowed(df, value)
	if kind in MOMENTS:
		return _is_moment(*MOMENTS[kind], value)
	if kind == "Data":
		return len(value) <= (cint(df.length) or LENGTH) and bool(DATA.get(df.options, bool)(value))
	return True


def _is_allowed(df, value: str) -> bool:
	return not cint(df.non_negative) or flt(value) >= 0


def _is_moment(kind, words: tuple[str, ...], value: str) -> bool:
	try:
		return value in words or bool(kind.fromisoformat(value) or True)
	except ValueError:
		return False
