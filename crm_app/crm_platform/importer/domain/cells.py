"""One cell to one value of a field, by the field's type. Each reader takes text and raises BadCell."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from crm_app.crm_platform.importer.domain import places
from crm_app.crm_platform.importer.domain.values import identifier, moment, number
from crm_app.utils.rules import RuleError, _

FULL_WIDTH = {
	code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
FULL_WIDTH |= {0x3000: 0x20, 0xA0: 0x20, 0xFF0D: 0x2D, 0xFF0B: 0x2B, 0xFF20: 0x40, 0xFF0E: 0x2E}
IN_NUMBERS = str.maketrans("−﹣–（），％", "---(),%")
YES = frozenset("1 yes y true on x √ ✓ 是 有 对 真 已".split())
NO = frozenset("0 no n false off × - 否 无 没有 错 假 未".split())
SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
SERIAL = re.compile(r"\d{5}(\.\d+)?")
PARTS = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
NAMED_MONTHS = ("%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%y")
EPOCH = datetime(1899, 12, 30)  # Excel's day 0, its invented 29 February 1900 counted
FIRST_DAY = "1900-01-01"
TOO_EARLY = _("{0} lies before the year 1900")
SERIALS = (Decimal(10_000), Decimal(80_000))  # the years 1927 to 2119
CURRENCY = r"rmb|cny|usd|eur|gbp|[¥￥$€£]"
# A sign before or after the currency, never both; the number may have brackets of its own, as in ¥(5).
AMOUNT = re.compile(
	rf"([-+]?)\s*(?:{CURRENCY})?\s*([-+]?)\s*([\d.,(].*?)\s*(?:元|rmb|cny|usd|eur|gbp)?", re.IGNORECASE
)
PERCENT_SIGN = re.compile(r"\s*[%％](?=\s*[)）]?$)")
TIME = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?")
GUARDED = re.compile(r"'+[=+\-@\t\r]")  # more than one: the text had some of its own
LISTED = re.compile(r"[,，;；、|\n]+")


class BadCell(RuleError):
	"""The cell cannot be a value of this field."""


def unguarded(text: str) -> str:
	"""Without the apostrophe that an export puts before what a spreadsheet would run as a formula."""
	return text[1:] if text[:1] == "'" and GUARDED.match(text) else text


@lru_cache(maxsize=1 << 16)
def plain(text: str) -> str:
	"""Trimmed; full-width letters and digits become ASCII, Chinese punctuation stays."""
	return (text if text.isascii() else text.translate(FULL_WIDTH)).strip()


def read(text: str, fieldtype: str, fieldname: str = "", options: str = "", date_format: str = ""):
	"""The value of a filled cell: str, int or float, ready for a Document. Raises BadCell.

	Select and Link are matched elsewhere: they need words of the site.
	"""
	cleaned = plain(text)
	if reader := READERS.get(fieldtype):
		return reader(cleaned, date_format) if fieldtype in DATED else reader(cleaned)
	if fieldtype not in SHORT_TEXTS:
		return text.strip()
	if fieldname in PLACES:
		return PLACES[fieldname](cleaned)
	if options in ("Phone", "Mobile") or fieldname in ("mobile_no", "phone", "id_number", "external_id"):
		return numeral(cleaned)
	return cleaned


def numeral(text: str) -> str:
	"""A number that is a name. Raises BadCell where the spreadsheet has thrown its digits away."""
	if SCIENTIFIC.fullmatch(text):
		raise BadCell(_("{0} lost its digits in the spreadsheet: format the column as text"), text)
	return identifier(text)


def decimal(text: str) -> float:
	"""Thousand separators, currency signs, minus (also as brackets) and a trailing percent sign are read."""
	bare, minus = _unbracketed(text.translate(IN_NUMBERS).strip())
	match = AMOUNT.fullmatch(bare)
	before, after, digits = match.groups() if match else ("", "", "")
	digits, inner = _unbracketed(digits)
	if not match or len(before + after) + minus + inner > 1 or digits[:1] in ("-", "+"):
		raise BadCell(_("{0} is not a number"), text)
	percent = digits.endswith("%")
	try:
		value = number(digits.rstrip("% "))
	except ValueError:
		raise BadCell(_("{0} is not a number"), text) from None
	value = -value if minus or inner or "-" in before + after else value
	return float(value / 100 if percent else value)


def _unbracketed(text: str) -> tuple[str, bool]:
	"""Brackets around an amount mean minus."""
	inside = text.startswith("(") and text.endswith(")")
	return (text[1:-1].strip(), True) if inside else (text, False)


def percent(text: str) -> float:
	"""5 and 5% are both 5."""
	return decimal(PERCENT_SIGN.sub("", text))


def whole(text: str) -> int:
	value = decimal(text)
	if value != int(value):
		raise BadCell(_("{0} is not a whole number"), text)
	return int(value)


def yes_no(text: str) -> int:
	word = text.casefold()
	if word in YES:
		return 1
	if word in NO:
		return 0
	raise BadCell(_("{0} is neither yes nor no"), text)


@lru_cache(maxsize=1 << 14)
def when(text: str, date_format: str = "") -> tuple[str, str]:
	"""(yyyy-mm-dd, hh:mm:ss). `date_format`: "day first", "month first" or strptime's; empty: year first,
	Excel serials, named months, and day and month in either order where only one order is possible."""
	found = _moment(text, date_format)
	if found[0] < FIRST_DAY:  # no database keeps the year 1 apart from no date at all
		raise BadCell(TOO_EARLY, text)
	return found


def _moment(text: str, date_format: str) -> tuple[str, str]:
	if date_format not in ("", "day first", "month first"):
		try:
			return moment(text, date_format)
		except ValueError:
			pass  # a real date cell of the workbook is written year first whatever the format of its texts
	try:
		return moment(text)
	except ValueError:
		pass
	found = _serial(text) or _parts(text, date_format) or _named(text)
	if not found:
		raise BadCell(_("{0} is not a date; write it as yyyy-mm-dd"), text)
	return found.date().isoformat(), found.time().replace(microsecond=0).isoformat()


def _serial(text: str) -> datetime | None:
	if not SERIAL.fullmatch(text) or not SERIALS[0] <= Decimal(text) <= SERIALS[1]:
		return None
	return EPOCH + timedelta(seconds=round(Decimal(text) * 86_400))


def _parts(text: str, order: str) -> datetime | None:
	if not (match := PARTS.fullmatch(text)):
		return None
	first, second, year, *clock = (int(part or 0) for part in match.groups())
	day_first = {"day first": True, "month first": False}.get(order, first > 12)
	if not order and first <= 12 and second <= 12 and first != second:
		raise BadCell(_("{0}: day or month first? Choose the date format"), text)
	day, month = (first, second) if day_first else (second, first)
	try:
		return datetime(year, month, day, *clock)
	except ValueError:
		return None


def _named(text: str) -> datetime | None:
	for pattern in NAMED_MONTHS:
		try:
			return datetime.strptime(text, pattern)
		except ValueError:
			continue
	return None


def day(text: str, date_format: str = "") -> str:
	return when(text, date_format)[0]


def moment_of(text: str, date_format: str = "") -> str:
	return " ".join(when(text, date_format))


def clock(text: str) -> str:
	"""hh:mm:ss; a fraction of a day, as spreadsheets store times, is read as well."""
	if match := TIME.fullmatch(text):
		hours, minutes, seconds = (int(part or 0) for part in match.groups())
		if hours < 24 and minutes < 60 and seconds < 60:
			return f"{hours:02}:{minutes:02}:{seconds:02}"
	elif re.fullmatch(r"0?\.\d+", text):
		return (EPOCH + timedelta(days=float(text))).time().replace(microsecond=0).isoformat()
	raise BadCell(_("{0} is not a time; write it as hh:mm"), text)


def listed(text: str) -> list[str]:
	"""The entries of a cell that holds several."""
	return [entry for part in LISTED.split(text) if (entry := plain(part))]


READERS: dict[str, Callable] = {
	"Int": whole,
	"Float": decimal,
	"Currency": decimal,
	"Percent": percent,
	"Rating": decimal,
	"Check": yes_no,
	"Date": day,
	"Datetime": moment_of,
	"Time": clock,
}
DATED = ("Date", "Datetime")
SHORT_TEXTS = ("Data", "Dynamic Link", "Phone", "Autocomplete", "Small Text")
PLACES = {"province": places.province, "city": places.city}
