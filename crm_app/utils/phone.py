"""Telephone numbers in one spelling (E.164), so that equal numbers are equal text."""

import re
import unicodedata

import phonenumbers

MOBILE = phonenumbers.PhoneNumberType.MOBILE


class BadNumber(ValueError):
	"""The text is not a possible number of a mobile telephone."""


def normalise_mobile(text: str | None, region: str = "CN") -> str:
	"""`text` as E.164 ("+8613800138000"); "" for empty input.

	Accepts full-width digits, blanks, dashes, 00 and + prefixes; a bare national number belongs to `region`
	(ISO 3166 code). Raises BadNumber, also for a number that is too short or too long for a mobile telephone.
	"""
	cleaned = re.sub(r"[\s\-()./]+", "", unicodedata.normalize("NFKC", text or ""))
	if not cleaned:
		return ""
	if cleaned.startswith("00"):
		cleaned = "+" + cleaned[2:]
	try:
		number = phonenumbers.parse(cleaned, region)
	except phonenumbers.NumberParseException:
		raise BadNumber(text) from None
	if re.search(r"[A-Za-z]", cleaned) or not phonenumbers.is_possible_number_for_type(number, MOBILE):
		raise BadNumber(text)
	return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def display_number(e164: str | None) -> str:
	"""For people: "+86 138 0013 8000"; what cannot be parsed is shown as it is."""
	try:
		number = phonenumbers.parse(e164 or "", None)
	except phonenumbers.NumberParseException:
		return e164 or ""
	return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
