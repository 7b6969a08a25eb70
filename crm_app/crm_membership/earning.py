"""What a sale earns by the programme of its card."""

from datetime import date

from frappe.utils import add_months, cint, getdate

from crm_app.crm_membership import earn_rules
from crm_app.crm_membership.domain.earned import Earned, Sale

END_OF_YEAR = "End of Year"


def evaluate(sale: Sale) -> Earned:
	"""By the base rate and the active earn rules; rounded once, on the whole sale, and shared over its
	lines."""
	return earn_rules.evaluate(sale)


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
