"""Cells to values. Each parser takes text, answers a value, raises ValueError; results are cached."""

import re
import unicodedata
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

DATE = re.compile(
	r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
)
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
LARGEST = Decimal(10) ** 12


def clean(text: str) -> str:
	"""Trimmed; full-width signs become ASCII."""
	return (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()


@lru_cache(maxsize=1 << 16)
def number(text: str) -> Decimal:
	"""1,234.50 and full-width digits are read; nothing is rounded."""
	cleaned = clean(text)
	if GROUPED.fullmatch(cleaned):
		cleaned = cleaned.replace(",", "")
	try:
		value = Decimal(cleaned)
	except InvalidOperation:
		raise ValueError(text) from None
	if not value.is_finite() or abs(value) >= LARGEST or "_" in cleaned:
		raise ValueError(text)
	return value


@lru_cache(maxsize=1 << 16)
def moment(text: str, date_format: str = "") -> tuple[str, str]:
	"""(yyyy-mm-dd, hh:mm:ss). Without `date_format` (strptime's) the year comes first."""
	cleaned = clean(text)
	if date_format:
		found = datetime.strptime(cleaned, date_format)
	elif match := DATE.fullmatch(cleaned) or COMPACT_DATE.fullmatch(cleaned):
		found = datetime(*(int(part) for part in match.groups() if part))
	else:
		raise ValueError(text)
	return found.date().isoformat(), found.time().replace(microsecond=0).isoformat()


@lru_cache(maxsize=1 << 16)
def identifier(text: str) -> str:
	"""A spreadsheet turns the id 17850 into 17850.0: take that back."""
	cleaned = clean(text)
	whole, point, fraction = cleaned.partition(".")
	return whole if point and whole.isdigit() and fraction and not fraction.strip("0") else cleaned
