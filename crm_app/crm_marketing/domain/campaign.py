"""Rules of a campaign plan as plain functions."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from crm_app.utils.money import to_decimal, total
from crm_app.utils.rules import RuleError, _

DECIDED = ("Approved", "Running", "Finished", "Stopped")
NEEDS_PLAN = ("Pending", *DECIDED)
LIVE = ("Approved", "Running")


def check_period(start: date, end: date) -> None:
	if end < start:
		raise RuleError(_("The end must not be before the start."), field="end_date")


def check_schedule(start: date, end: date, channels) -> None:
	"""`channels` are rows with idx and send_on."""
	for row in channels:
		if row.send_on and not start <= row.send_on <= end:
			raise RuleError(
				_("Row {0}: the date lies outside of the campaign."), row.idx, field="channels", row=row.idx
			)


def check_money(budget, revenue, response_rate) -> None:
	if to_decimal(budget) < 0:
		raise RuleError(_("The budget cannot be negative."), field="budget_amount")
	if to_decimal(revenue) < 0:
		raise RuleError(_("The expected revenue cannot be negative."), field="expected_revenue")
	if not 0 <= to_decimal(response_rate) <= 100:
		raise RuleError(
			_("The expected response rate lies between 0 and 100 %."), field="expected_response_rate"
		)


def check_costs_fit(budget, costs) -> None:
	if total(costs) > to_decimal(budget):
		raise RuleError(
			_("The planned cost of the channels is {0}, more than the budget of {1}."), total(costs), budget
		)


def check_frozen_budget(budget, approved) -> None:
	"""After approval the budget may shrink, never grow."""
	if to_decimal(budget) > to_decimal(approved):
		raise RuleError(
			_("The budget of {0} was approved; more needs a new approval."), approved, field="budget_amount"
		)


def expected_responses(target_count: int, response_rate) -> int:
	"""People, rounded half up."""
	share = Decimal(target_count) * to_decimal(response_rate) / 100
	return int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def expected_return(revenue, budget) -> float:
	"""(revenue - budget) / budget; 0 where no money is planned."""
	if not to_decimal(budget):
		return 0.0
	return float((to_decimal(revenue) - to_decimal(budget)) / to_decimal(budget))


def last_day(start: date, duration_days: int) -> date:
	return start + timedelta(days=max(duration_days, 1) - 1)
