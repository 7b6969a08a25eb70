"""Paid membership: the time that a fee covers, and what of it is unused."""

from datetime import date, timedelta
from decimal import Decimal

from crm_app.crm_membership.domain.tiers import Period, add_months
from crm_app.utils.money import ZERO, round_money
from crm_app.utils.rules import RuleError, _


def covered(paid_on: date, paid_until: date | None, months: int) -> Period:
	"""A renewal begins where the time that is paid already ends, a late one on the day of payment."""
	start = max(paid_on, paid_until + timedelta(days=1)) if paid_until else paid_on
	return Period(start, add_months(start, months or 12) - timedelta(days=1))


def check_free(period: Period, others: list[Period]) -> None:
	"""Raises RuleError for days that are paid already or an end before the start."""
	if period.end < period.start:
		raise RuleError(_("Covers to: {0} lies before the start."), period.end, field="covers_to")
	for other in others:
		if period.start <= other.end and other.start <= period.end:
			message = _("Covers from: {0} to {1} is paid already.")
			raise RuleError(message, other.start, other.end, field="covers_from")


def pay_by(first: date, grace: int, ends: date | None) -> date:
	"""The last day of a card that was activated on `first` and is still to be paid for."""
	last = first + timedelta(days=grace)
	return min(last, ends) if ends else last


def unused(amount: Decimal, period: Period, today: date) -> Decimal:
	"""By days, rounded half up; today is used. Nothing is left of a time that is over."""
	days = (period.end - period.start).days + 1
	left = min((period.end - today).days, days)
	return round_money(amount * left / days) if left > 0 else ZERO
