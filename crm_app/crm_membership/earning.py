"""What a sale earns by the programme of its card."""

from datetime import date

import frappe
from frappe.utils import add_months, cint, getdate

from crm_app.crm_membership.domain.earned import Earned, LineEarned, Sale
from crm_app.crm_membership.domain.kinds import Terms
from crm_app.crm_membership.domain.splitting import spread
from crm_app.utils.money import ZERO, round_money, to_decimal

END_OF_YEAR = "End of Year"


def evaluate(sale: Sale) -> Earned:
	"""Points are rounded once, on the whole sale, and shared over its lines exactly."""
	programme = frappe.get_cached_doc("Membership Programme", sale.programme)
	terms = Terms.of(programme.as_dict())
	amounts = [line.amount for line in sale.lines]
	earning = max(sale.amount - sale.not_earning, ZERO)
	points = terms.round_points(earning * to_decimal(programme.points_per_unit))
	credit = round_money(sale.amount)
	shares = zip(spread(points, amounts, terms.points_decimals), spread(credit, amounts, 2), strict=True)
	lines = tuple(LineEarned(line.detail, *share) for line, share in zip(sale.lines, shares, strict=True))
	return Earned(points, credit, lines, (("", points),) if points else ())


def points_expire_on(programme, posting_date: date) -> date | None:
	"""The last day of points earned on `posting_date`; None: never expire. `programme`: its fields."""
	months = cint(programme.points_valid_months)
	if programme.points_expiry == "Never" or not months:
		return None
	last = getdate(add_months(posting_date, months))
	return last.replace(month=12, day=31) if programme.points_expiry == END_OF_YEAR else last


def tier_credit_expires_on(programme, posting_date: date) -> date | None:
	months = cint(programme.tier_credit_months)
	return getdate(add_months(posting_date, months)) if months else None
