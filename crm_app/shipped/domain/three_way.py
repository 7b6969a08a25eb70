"""Shipped, current and new: which of them stays. Plain dicts of texts; a table is a list of such dicts.

Only keys that both sides have are compared, so a version that ships one property more is no edit.
"""

import hashlib
import json

INSERT, ADOPT, UPDATE, KEEP, STAY_DELETED = "insert", "adopt", "update", "keep", "stay deleted"


def decide(current: dict | None, shipped: dict | None, taken: str, new: dict, known: bool) -> str:
	"""What to do with a record.

	`shipped` is what the site read after the last writing (None: never written), `taken` the digest of the
	definition that was written then, `known` whether the app ever shipped a record of this name here.
	"""
	if current is None:
		return STAY_DELETED if known else INSERT
	if same(current, new):
		return ADOPT
	if shipped and same(current, shipped):
		return ADOPT if taken == digest(new) else UPDATE
	return KEEP


def merge(current: dict, shipped: dict, new: dict) -> tuple[dict, list[str]]:
	"""For values that stand alone: (what should be there, keys that both sides changed).

	A key is missing where its side has no such value (a rule of permissions that was taken away).
	"""
	merged, conflicts = {}, []
	for key in dict.fromkeys([*current, *new, *shipped]):
		mine, base, theirs = current.get(key), shipped.get(key), new.get(key)
		value = theirs if mine == base else mine
		if mine not in (base, theirs) and theirs != base:
			conflicts.append(key)
		if value is not None:
			merged[key] = value
	return merged, conflicts


def same(one, other) -> bool:
	if isinstance(one, dict) and isinstance(other, dict):
		return all(same(one[key], other[key]) for key in one.keys() & other.keys())
	if isinstance(one, list) and isinstance(other, list):
		return len(one) == len(other) and all(map(same, one, other))
	return one == other


def digest(plain: dict | None) -> str:
	return hashlib.sha256(dump(plain).encode()).hexdigest() if plain is not None else ""


def dump(plain: dict | None) -> str:
	return json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False) if plain is not None else ""


def lines(value, beside=()) -> str:
	"""A value as people read it; of a table only the rows that are not in `beside` as well."""
	if not isinstance(value, list):
		return str(value if value is not None else "")
	others = [row for table in beside for row in table or []]
	rows = [row for row in value if row not in others or not others]
	return "\n".join(" · ".join(str(part) for part in row.values() if part) for row in rows)
