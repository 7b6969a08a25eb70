"""Qualifying amounts and visits: what members bought in a period, less what came back.

A return counts against the period of its sale, whenever it comes. Approved adjustments of tier credit count
on their day. Cards that were replaced or merged count for the card that holds their balances now.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal

import frappe
from frappe.utils import cint

from crm_app.crm_membership import programmes
from crm_app.crm_membership.domain.tiers import Done, Period, Plan, Tier
from crm_app.utils.money import ZERO, round_money, to_decimal

BOUGHT = (
	"SELECT e.account, SUM(e.tier_credit) AS amount,"
	" SUM(CASE WHEN COALESCE(e.against, '') = '' AND e.tier_credit > 0 THEN 1 ELSE 0 END) AS visits"
	" FROM `tabMember Earning` e LEFT JOIN `tabMember Earning` s ON s.`transaction` = e.against"
	" WHERE e.cancelled = 0 AND COALESCE(s.cancelled, 0) = 0 AND e.posting_date >= %s"
	" AND COALESCE(s.posting_date, e.posting_date) >= %s AND COALESCE(s.posting_date, e.posting_date) <= %s"
)
ADJUSTED = (
	"SELECT card AS account, SUM(`change`) AS amount, 0 AS visits FROM `tabMember Adjustment`"
	" WHERE docstatus = 1 AND kind = 'Tier Credit' AND posting_date >= %s AND posting_date <= %s"
)
OF_ONE = " AND {column} IN ({marks}) GROUP BY {column}"
OF_PROGRAMME = (
	" AND {column} IN (SELECT name FROM `tabMember Account` WHERE programme = %s) GROUP BY {column}"
)


def plan_of(programme: str, modified: datetime | None = None) -> Plan:
	"""`modified` of the programme, where the caller has just read it."""
	plan = programmes.plan(programme, modified)
	if not hasattr(plan, "ladder"):  # worked out once for each state of the programme
		fields, tiers = plan.fields, map(_tier, plan.tiers.values())
		plan.ladder = Plan.of(tiers, fields.qualifying_period, cint(fields.qualifying_months))
	return plan.ladder


def _tier(row) -> Tier:
	return Tier(
		row.tier_name,
		cint(row.tier_level),
		to_decimal(row.entry_amount),
		to_decimal(row.stay_amount),
		cint(row.entry_visits),
		cint(row.stay_visits),
		to_decimal(row.annual_fee) > 0,
	)


def done_by(account: str, period: Period, read: Callable | None = None) -> Done:
	"""What one account did. `read(statement, values)`: how its posting reads, after it locked the account."""
	read = read or (lambda statement, values: frappe.db.sql(statement, tuple(values), as_dict=True))
	names, found = [account], [account]
	while found:
		found = [
			row.name
			for row in read(
				f"SELECT name FROM `tabMember Account` WHERE moved_to IN ({_marks(found)})", found
			)
		]
		names += found
	amount, visits = ZERO, 0
	for statement, values, column in _statements(period):
		for row in read(statement + OF_ONE.format(column=column, marks=_marks(names)), [*values, *names]):
			amount, visits = amount + to_decimal(row.amount), visits + cint(row.visits)
	return Done(round_money(amount), visits)


def done_in(programme: str, period: Period) -> dict[str, Done]:
	"""{account: Done} of a whole programme in three statements; who did nothing is missing."""
	moved = dict(
		frappe.get_all(
			"Member Account",
			{"programme": programme, "moved_to": ["is", "set"]},
			["name", "moved_to"],
			as_list=True,
			limit_page_length=0,
		)
	)
	amounts: dict[str, Decimal] = defaultdict(Decimal)
	visits: dict[str, int] = defaultdict(int)
	for statement, values, column in _statements(period):
		statement += OF_PROGRAMME.format(column=column)
		for row in frappe.db.sql(statement, (*values, programme), as_dict=True):
			holder = _holder(row.account, moved)
			amounts[holder] += to_decimal(row.amount)
			visits[holder] += cint(row.visits)
	return {name: Done(round_money(amount), visits[name]) for name, amount in amounts.items()}


def _statements(period: Period) -> Iterable[tuple[str, tuple[date, ...], str]]:
	yield BOUGHT, (period.start, period.start, period.end), "e.account"
	yield ADJUSTED, (period.start, period.end), "card"


def _holder(account: str, moved: dict[str, str]) -> str:
	while account in moved:
		account = moved[account]
	return account


def _marks(values: list) -> str:
	return ", ".join(["%s"] * len(values))
