"""The eleven classic RFM segments over recency and the mean of frequency and money, both scored 1 to 5."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Segment:
	"""Inclusive ranges of scores; `advice` is what to do with its customers, `color` names a chart colour."""

	name: str
	r: tuple[int, int]
	fm: tuple[int, int]
	advice: str
	color: str

	def holds(self, r: int, fm: int) -> bool:
		return self.r[0] <= r <= self.r[1] and self.fm[0] <= fm <= self.fm[1]


# First match wins; together they cover the whole grid.
SEGMENTS = (
	Segment("Champions", (5, 5), (4, 5), "Reward them, ask for referrals", "#16a34a"),
	Segment("Loyal Customers", (3, 4), (4, 5), "Offer higher tiers, ask for reviews", "#65a30d"),
	Segment("Potential Loyalists", (4, 5), (3, 3), "Offer membership, recommend products", "#0d9488"),
	Segment("Promising", (4, 4), (1, 2), "Build the relationship with small offers", "#0ea5e9"),
	Segment("New Customers", (5, 5), (1, 2), "Welcome them, help with the first steps", "#6366f1"),
	Segment("Need Attention", (3, 3), (3, 3), "Limited offers on what they bought before", "#eab308"),
	Segment("About to Sleep", (3, 3), (1, 2), "Share news and popular products", "#f59e0b"),
	Segment("Can't Lose Them", (1, 1), (5, 5), "Call them, win them back before others do", "#dc2626"),
	Segment("At Risk", (1, 2), (3, 5), "Personal message, renewal offer", "#f97316"),
	Segment("Hibernating", (2, 2), (1, 2), "Standard offers, low cost", "#94a3b8"),
	Segment("Lost Customers", (1, 1), (1, 2), "One last campaign, then leave them be", "#64748b"),
)


def uncovered(segments: Sequence[Segment]) -> list[tuple[int, int]]:
	"""Pairs (r, fm) of the five by five scores that no segment holds; the last segment takes them."""
	scores = range(1, 6)
	return [(r, fm) for r in scores for fm in scores if not any(s.holds(r, fm) for s in segments)]
