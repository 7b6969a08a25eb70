"""Which budget line pays: the most specific one that fits."""

import hashlib
from dataclasses import dataclass

# What makes a line specific, weightiest first: whom or what it is for beats what it is spent on beats when.
WEIGHTS = {"customer": 8, "campaign": 4, "category": 2, "month": 1}


@dataclass(frozen=True)
class Purpose:
	"""What money is to be spent on; `month` is 1 to 12."""

	category: str | None
	month: int
	campaign: str | None = None
	customer: str | None = None


def fits(line, purpose: Purpose) -> bool:
	"""An empty column of the line (month 0) fits everything. `line` has `.get`."""
	return all(not line.get(key) or line.get(key) == getattr(purpose, key) for key in WEIGHTS)


def specificity(line) -> int:
	return sum(weight for key, weight in WEIGHTS.items() if line.get(key))


def best_line(lines, purpose: Purpose):
	"""The most specific line that fits, or None. Lines of one budget differ, so there is at most one best."""
	return max((line for line in lines if fits(line, purpose)), key=specificity, default=None)


def line_key(fiscal_year: int, department: str, line) -> str:
	"""Names a line by what it is for, so that it stays the same line in the next version of the budget."""
	parts = [str(int(fiscal_year)), department, *(str(line.get(key) or "") for key in sorted(WEIGHTS))]
	return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]
