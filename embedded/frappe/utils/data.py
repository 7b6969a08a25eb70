"""Numbers, dates and text, with Frappe's forgiving conversions."""

import calendar
import datetime
import json
import math
import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from zoneinfo import ZoneInfo

import frappe
from dateutil import parser as date_parser
from dateutil.relativedelta import relativedelta

DATE_FORMAT = "%Y-%m-%d"
TIME_FORMAT = "%H:%M:%S.%f"
DATETIME_FORMAT = f"{DATE_FORMAT} {TIME_FORMAT}"
UNSET = object()

# -- numbers


def cint(s, default: int = 0) -> int:
	try:
		return int(float(s))
	except (TypeError, ValueError, OverflowError):
		return default


def flt(s, precision: int | None = None, rounding_method: str | None = None) -> float:
	"""Float of a number or text, 0.0 when it is none; rounded when a precision is given."""
	if isinstance(s, str):
		s = s.replace(",", "")
	try:
		number = float(s)
	except (TypeError, ValueError):
		return 0.0
	return rounded(number, precision, rounding_method) if precision is not None else number


def rounded(num, precision: int = 0, rounding_method: str | None = None) -> float:
	"""Banker's rounding as the site's default; `Commercial Rounding` rounds half away from zero."""
	precision = cint(precision)
	try:
		exact = Decimal(repr(float(num)))
		how = ROUND_HALF_UP if rounding_method == "Commercial Rounding" else ROUND_HALF_EVEN
		return float(exact.quantize(Decimal(1).scaleb(-precision), rounding=how))
	except (InvalidOperation, TypeError, ValueError):
		return flt(num)


def ceil(s) -> int:
	return math.ceil(flt(s))


def floor(s) -> int:
	return math.floor(flt(s))


def sbool(x):
	lowered = str(x).lower()
	return True if lowered in ("true", "1") else False if lowered in ("false", "0") else x


def cstr(s, encoding: str = "utf-8") -> str:
	if s is None:
		return ""
	return s.decode(encoding) if isinstance(s, bytes) else str(s)


def cast(fieldtype: str, value=None):
	"""A stored text in its field's Python type."""
	if fieldtype in ("Currency", "Float", "Percent"):
		return flt(value)
	if fieldtype in ("Int", "Check"):
		return cint(sbool(value))
	if fieldtype in (
		"Data",
		"Text",
		"Small Text",
		"Long Text",
		"Text Editor",
		"Select",
		"Link",
		"Dynamic Link",
	):
		return cstr(value)
	if fieldtype == "Date":
		return getdate(value) if value else None
	if fieldtype == "Datetime":
		return get_datetime(value) if value else None
	if fieldtype == "Time":
		return to_timedelta(value)
	return value


# -- now


def get_system_timezone() -> str:
	local = frappe.local
	if not getattr(local, "system_timezone", None):
		local.system_timezone = local.conf.get("time_zone") or "Asia/Shanghai"
	return local.system_timezone


get_time_zone = get_system_timezone


def now_datetime() -> datetime.datetime:
	"""Current time in the site's time zone, without a time zone on it."""
	frozen = getattr(frappe.local, "frozen_now", None)
	return frozen or datetime.datetime.now(ZoneInfo(get_system_timezone())).replace(tzinfo=None)


def now() -> str:
	return now_datetime().strftime(DATETIME_FORMAT)


def nowdate() -> str:
	return now_datetime().strftime(DATE_FORMAT)


today = nowdate


def nowtime() -> str:
	return now_datetime().strftime(TIME_FORMAT)


# -- dates


def getdate(string_date=None, parse_day_first: bool = False) -> datetime.date | None:
	"""Date of a text, date or datetime; today without one."""
	if not string_date:
		return now_datetime().date()
	if isinstance(string_date, datetime.datetime):
		return string_date.date()
	if isinstance(string_date, datetime.date):
		return string_date
	if is_invalid_date_string(string_date):
		return None
	return _parse(string_date, parse_day_first).date()


def get_datetime(datetime_str=None) -> datetime.datetime | None:
	if datetime_str is None:
		return now_datetime()
	if isinstance(datetime_str, datetime.datetime | datetime.timedelta):
		return datetime_str
	if isinstance(datetime_str, list | tuple):
		return datetime.datetime(*datetime_str)
	if isinstance(datetime_str, datetime.date):
		return datetime.datetime.combine(datetime_str, datetime.time())
	if is_invalid_date_string(datetime_str):
		return None
	return _parse(datetime_str).replace(tzinfo=None)


def _parse(text, day_first: bool = False) -> datetime.datetime:
	try:
		return datetime.datetime.fromisoformat(text)
	except (TypeError, ValueError):
		pass
	try:
		return date_parser.parse(text, dayfirst=day_first)
	except (date_parser.ParserError, OverflowError, TypeError):
		frappe.throw(
			frappe._("{0} is not a valid date string.").format(frappe.bold(text)),
			title=frappe._("Invalid Date"),
		)


def is_invalid_date_string(date_string) -> bool:
	return not date_string or str(date_string).startswith(("0001-01-01", "0000-00-00"))


def get_time(time_str) -> datetime.time:
	if isinstance(time_str, datetime.datetime):
		return time_str.time()
	if isinstance(time_str, datetime.time):
		return time_str
	if isinstance(time_str, datetime.timedelta):
		return (datetime.datetime.min + time_str).time()
	try:
		return date_parser.parse(time_str).time()
	except (date_parser.ParserError, TypeError):
		frappe.throw(frappe._("{0} is not a valid Time.").format(frappe.bold(time_str)))


def to_timedelta(value) -> datetime.timedelta | None:
	if isinstance(value, str):
		value = get_time(value) if value else None
	if isinstance(value, datetime.time):
		return datetime.timedelta(
			hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
		)
	return value


def get_time_str(value) -> str:
	if isinstance(value, datetime.timedelta):
		seconds = int(value.total_seconds())
		return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
	return get_time(value).strftime("%H:%M:%S")


def add_to_date(
	date=None,
	years=0,
	months=0,
	weeks=0,
	days=0,
	hours=0,
	minutes=0,
	seconds=0,
	as_string=False,
	as_datetime=False,
):
	"""A date plus an interval, in the type that was given; a text stays a text."""
	if hours or minutes or seconds:
		as_datetime = True
	delta = relativedelta(
		years=years, months=months, weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds
	)
	if date is None:
		date = now_datetime()
	if isinstance(date, str):
		as_string = True
		as_datetime = as_datetime or " " in date
		date = _parse(date)
	date = (get_datetime(date) if as_datetime and not isinstance(date, datetime.datetime) else date) + delta
	if not as_string:
		return date
	return date.strftime(DATETIME_FORMAT if as_datetime else DATE_FORMAT)


def add_days(date, days):
	return add_to_date(date, days=cint(days))


def add_months(date, months):
	return add_to_date(date, months=cint(months))


def add_years(date, years):
	return add_to_date(date, years=cint(years))


def date_diff(string_ed_date, string_st_date) -> int:
	return (getdate(string_ed_date) - getdate(string_st_date)).days


days_diff = date_diff


def time_diff(string_ed_date, string_st_date) -> datetime.timedelta:
	return get_datetime(string_ed_date) - get_datetime(string_st_date)


def time_diff_in_seconds(string_ed_date, string_st_date) -> float:
	return time_diff(string_ed_date, string_st_date).total_seconds()


def time_diff_in_hours(string_ed_date, string_st_date) -> float:
	return round(time_diff_in_seconds(string_ed_date, string_st_date) / 3600, 6)


def _as(value: datetime.date, as_str: bool):
	return value.strftime(DATE_FORMAT) if as_str else value


def get_first_day(dt, d_years: int = 0, d_months: int = 0, as_str: bool = False):
	day = getdate(dt) + relativedelta(years=d_years, months=d_months)
	return _as(day.replace(day=1), as_str)


def get_last_day(dt, as_str: bool = False):
	day = getdate(dt)
	return _as(day.replace(day=calendar.monthrange(day.year, day.month)[1]), as_str)


def get_first_day_of_week(dt, as_str: bool = False):
	"""Weeks start on Sunday, Frappe's default."""
	day = getdate(dt)
	return _as(day - datetime.timedelta(days=(day.weekday() + 1) % 7), as_str)


def get_last_day_of_week(dt, as_str: bool = False):
	return _as(get_first_day_of_week(dt) + datetime.timedelta(days=6), as_str)


def get_quarter_start(dt, as_str: bool = False):
	day = getdate(dt)
	return _as(datetime.date(day.year, (day.month - 1) // 3 * 3 + 1, 1), as_str)


def get_quarter_ending(dt, as_str: bool = False):
	return _as(get_last_day(get_quarter_start(dt) + relativedelta(months=2)), as_str)


def get_year_start(dt, as_str: bool = False):
	return _as(getdate(dt).replace(month=1, day=1), as_str)


def get_year_ending(dt, as_str: bool = False):
	return _as(getdate(dt).replace(month=12, day=31), as_str)


def get_weekday(dt=None) -> str:
	return calendar.day_name[getdate(dt).weekday()]


def get_timespan_date_range(timespan: str) -> tuple[datetime.date, datetime.date]:
	"""First and last day of spans such as `last 7 days`, `this month`, `last year`."""
	day, span = getdate(), timespan.lower().strip()
	if match := re.match(r"^(last|next) (\d+) days$", span):
		days = datetime.timedelta(days=int(match[2]))
		return (day - days, day) if match[1] == "last" else (day, day + days)
	if span in ("today", "yesterday", "tomorrow"):
		day += datetime.timedelta(days={"today": 0, "yesterday": -1, "tomorrow": 1}[span])
		return day, day
	which, _space, unit = span.partition(" ")
	shift = {"last": -1, "this": 0, "next": 1}.get(which)
	bounds = {
		"week": (get_first_day_of_week, get_last_day_of_week, relativedelta(weeks=1)),
		"month": (get_first_day, get_last_day, relativedelta(months=1)),
		"quarter": (get_quarter_start, get_quarter_ending, relativedelta(months=3)),
		"year": (get_year_start, get_year_ending, relativedelta(years=1)),
	}.get(unit)
	if shift is None or not bounds:
		frappe.throw(frappe._("{0} is not a time span").format(timespan))
	first, last, step = bounds
	day = day + step * shift
	return first(day), last(day)


# -- text and collections


def strip(val: str, chars: str | None = None) -> str:
	return (val or "").strip(chars)


def comma_sep(some_list, pattern: str, add_quotes: bool = True) -> str:
	if not isinstance(some_list, list | tuple):
		return some_list
	items = [f"'{item}'" if add_quotes else cstr(item) for item in some_list]
	if len(items) < 2:
		return "".join(items)
	return pattern.format(", ".join(items[:-1]), items[-1])


def comma_or(some_list, add_quotes: bool = True) -> str:
	return comma_sep(some_list, frappe._("{0} or {1}"), add_quotes)


def comma_and(some_list, add_quotes: bool = True) -> str:
	return comma_sep(some_list, frappe._("{0} and {1}"), add_quotes)


def quoted(url: str) -> str:
	from urllib.parse import quote

	return quote(cstr(url).encode(), safe=b"~@#$&()*!+=:;,.?/'")


def read_json(text: str | bytes):
	"""json.loads; raises InvalidValue also for half characters, which no database stores."""
	try:
		value = json.loads(text)
		if ("\\ud" if isinstance(text, str) else b"\\ud") in text.lower():
			json.dumps(value, ensure_ascii=False).encode()
	except (ValueError, RecursionError) as error:
		raise frappe.InvalidValue(frappe._("This is not valid JSON: {0}").format(error)) from None
	return value


def parse_json(val):
	"""Python value of a JSON text; dicts become attribute dicts."""
	if isinstance(val, str):
		val = read_json(val)
	return frappe._dict(val) if isinstance(val, dict) and not isinstance(val, frappe._dict) else val


def compare(val1, condition: str, val2, fieldtype: str | None = None) -> bool:
	if fieldtype:
		val1, val2 = cast(fieldtype, val1), cast(fieldtype, val2)
	from operator import eq, ge, gt, le, lt, ne

	operators = {"=": eq, "==": eq, "!=": ne, ">": gt, "<": lt, ">=": ge, "<=": le}
	if condition in ("in", "not in"):
		return (val1 in val2) is (condition == "in")
	return condition in operators and bool(operators[condition](val1, val2))
