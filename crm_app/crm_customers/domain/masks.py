"""What is left of a private value for those who may not read it: enough to recognise, not enough to use."""

import re

STARS = "****"


def phone(text: str | None) -> str:
	"""+8613800138000 → 138****8000; others keep three signs of their code; short ones the last two."""
	digits = re.sub(r"[^\d+]", "", text or "")
	if digits.startswith("+86") and len(digits) == 14:
		digits = digits[3:]
	if len(digits) < 9:
		return STARS + (digits[-2:] if len(digits) > 5 else "") if text else ""
	return digits[: min(3, len(digits) - 8)] + STARS + digits[-4:]


def email(text: str | None) -> str:
	"""wang@example.com → w***@example.com"""
	name, at, domain = (text or "").strip().rpartition("@")
	if not at:
		return STARS if text else ""
	return f"{name[:1] if len(name) > 1 else ''}***@{domain}"


def id_number(text: str | None) -> str:
	"""110101199003071234 → 110****1234; short ones keep their first sign."""
	cleaned = (text or "").strip()
	if len(cleaned) >= 12:
		return f"{cleaned[:3]}{STARS}{cleaned[-4:]}"
	return cleaned[:1] + STARS if cleaned else ""


def whole(text: str | None) -> str:
	return STARS if text else ""


MASKS = {
	"mobile_no": phone,
	"phone": phone,
	"email_id": email,
	"id_number": id_number,
	"home_address": whole,
	"emergency_contact": whole,
	"emergency_phone": phone,
}
SUFFIX = "_masked"


def mask(fieldname: str, text: str | None) -> str:
	return MASKS[fieldname](text)


def masked_diff(data: dict, tables: set[str]) -> dict:
	"""A stored change (Version.data) with private values masked; `tables`: child tables that hold some."""
	out = dict(data)
	out["changed"] = [_change(change) for change in data.get("changed") or []]
	out["row_changed"] = [
		[*row[:3], [_change(change) for change in row[3]]] if row[0] in tables else row
		for row in data.get("row_changed") or []
	]
	for key in ("added", "removed"):
		out[key] = [
			[table, _row(row)] if table in tables else [table, row] for table, row in data.get(key) or []
		]
	return out


def _change(change) -> list:
	name, old, new = change
	return [name, mask(name, old), mask(name, new)] if name in MASKS else [name, old, new]


def _row(row: dict) -> dict:
	return {name: mask(name, value) if name in MASKS else value for name, value in row.items()}
