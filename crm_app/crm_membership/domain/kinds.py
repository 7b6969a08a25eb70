"""What an account holds, and the terms under which it moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

from crm_app.utils.money import to_decimal

POINTS, PRINCIPAL, BONUS, TIER_CREDIT = "Points", "Principal", "Bonus", "Tier Credit"
KINDS = (POINTS, PRINCIPAL, BONUS, TIER_CREDIT)

BELOW_ZERO, REFUSE, FORGIVE = "Below Zero", "Refuse", "Forgive"
PRINCIPAL_FIRST, BONUS_FIRST, PROPORTIONAL = "Principal First", "Bonus First", "Proportional"
ROUNDING = {"Down": ROUND_DOWN, "Half Up": ROUND_HALF_UP, "Up": ROUND_UP}
MONEY_PLACES = 2
LARGEST = Decimal("1e9")  # of one movement; columns hold more


@dataclass(frozen=True, slots=True)
class Terms:
	"""The ledger's part of a Membership Programme."""

	points_decimals: int = 0
	points_rounding: str = "Down"
	spent_points_policy: str = BELOW_ZERO
	restore_days: int = 30
	value_order: str = PRINCIPAL_FIRST

	@classmethod
	def of(cls, programme: Mapping) -> "Terms":
		return cls(
			min(int(programme.get("points_decimals") or 0), MONEY_PLACES),
			programme.get("points_rounding") or "Down",
			programme.get("spent_points_policy") or BELOW_ZERO,
			int(programme.get("restore_days") or 0),
			programme.get("value_order") or PRINCIPAL_FIRST,
		)

	def places(self, kind: str) -> int:
		return self.points_decimals if kind == POINTS else MONEY_PLACES

	def round_points(self, value) -> Decimal:
		"""By the programme's rule, to the programme's decimals."""
		step = Decimal(1).scaleb(-self.points_decimals)
		return to_decimal(value).quantize(step, rounding=ROUNDING[self.points_rounding])

	def restored_until(self, today: date) -> date:
		return today + timedelta(days=self.restore_days)
