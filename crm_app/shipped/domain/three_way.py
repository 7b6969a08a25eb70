"""Shipped, current and new: which of them stays. Plain dicts of texts; a table is a list of such dicts.

Only keys that both sides have are compared. A key that only the new version ships gets its base from
`with_blanks`, so what an administrator entered there before is an edit, too.
"""

import hashlib
import json
from itertools import zip_longest

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


def with_blanks(shipped: dict, current: dict, new: dict, blank: dict) -> dict:
	"""`shipped` with the keys that the version it comes from did not have.

	`blank` says what a record has there by itself: {key: set of texts}, for a table {column: set of texts}.
	What the site has counts as untouched while it is one of those, or what is shipped now.
	"""
	out = dict(shipped)
	for key, mine in current.items():
		kept, theirs, by_itself = shipped.get(key), new.get(key), blank.get(key) or {""}
		if isinstance(mine, list):
			out[key] = _rows_with_blanks(kept or [], mine, theirs or [], by_itself)
		elif kept is None:
			out[key] = mine if mine == theirs or mine in by_itself else min(by_itself)
	return out


def _rows_with_blanks(shipped: list, current: list, new: list, blank) -> list:
	columns = blank if isinstance(blank, dict) else {}
	beside = zip_longest(shipped, current, new, fillvalue={})
	return [with_blanks(row, mine, theirs, columns) for row, mine, theirs in list(beside)[: len(shipped)]]


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
