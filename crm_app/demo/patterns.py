"""When customers buy: a dozen ways of coming, staying and leaving. No database."""

from dataclasses import dataclass
from datetime import date, timedelta

from crm_app.demo.names import SEASON


@dataclass(frozen=True)
class Pattern:
	"""`first` and `last`: days ago, from and to. `gap`: days between purchases. `size` of baskets."""

	name: str
	customers: int
	first: tuple[int, int]
	last: tuple[int, int]
	gap: float
	size: float


PATTERNS = (
	Pattern("champion", 36, (500, 730), (0, 9), 16, 1.5),
	Pattern("loyal", 48, (400, 730), (8, 45), 30, 1.2),
	Pattern("steady", 52, (300, 730), (20, 80), 58, 1.0),
	Pattern("rising", 34, (120, 210), (2, 25), 24, 1.0),
	Pattern("new", 38, (1, 30), (0, 20), 12, 0.8),
	Pattern("promising", 36, (60, 140), (12, 50), 45, 0.7),
	Pattern("sleeping", 30, (300, 500), (70, 130), 95, 0.7),
	Pattern("at_risk", 40, (560, 730), (120, 300), 34, 1.2),
	Pattern("missed", 16, (640, 730), (310, 420), 11, 1.8),
	Pattern("hibernating", 24, (330, 500), (160, 290), 100, 0.7),
	Pattern("lost", 28, (520, 700), (380, 600), 120, 0.6),
	Pattern("gone", 8, (770, 790), (735, 765), 15, 0.8),
	Pattern("prospect", 20, (0, 0), (0, 0), 0, 0),
)
SIZES = {pattern.name: pattern.size for pattern in PATTERNS}


def purchase_days(pattern: Pattern, today: date, rng) -> list[date]:
	"""Ascending and without repeats; more of them in strong months."""
	if not pattern.gap:
		return []
	last = rng.randint(*pattern.last)
	first = max(rng.randint(*pattern.first), last)
	day, end = today - timedelta(days=first), today - timedelta(days=last)
	days = {end}
	while day < end:
		days.add(day)
		day += timedelta(days=max(1, round(pattern.gap * rng.uniform(0.5, 1.5) / SEASON[day.month])))
	return sorted(days)
