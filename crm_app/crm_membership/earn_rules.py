"""Earn rules as the engine evaluates them, and the facts about a customer that they ask for."""

import json
from collections.abc import Iterable
from datetime import date
from types import SimpleNamespace

import frappe
from frappe.utils import cint, getdate

from crm_app.crm_membership import programmes, rule_conditions
from crm_app.crm_membership.domain import earning
from crm_app.crm_membership.domain.earned import Earned, Sale
from crm_app.crm_membership.domain.earning import EarnPlan, EarnRule, MemberFacts, Used
from crm_app.utils.money import to_decimal

RULE = "Earn Rule"
FIELDS = [
	"name", "effect", "value", "scope", "minimum_amount", "birthday", "segment", "campaign", "cap_sale",
	"cap_day",
	"cap_period", "period", "priority", "combining", *rule_conditions.FIELDS,
]  # fmt: skip
NEVER_RUN = ("Draft", "Pending", "Approved", "Rejected")


def evaluate(
	sale: Sale,
	rules: tuple[EarnRule, ...] | None = None,
	lock: bool = True,
	plan: SimpleNamespace | None = None,
) -> Earned:
	"""What `sale` earns under the active rules of its programme, or under `rules`.

	`lock`: limits per customer are read past the transaction's snapshot; to show what would be earned needs
	no lock.
	"""
	sale = with_time(sale)
	rules = rules_of(sale.programme) if rules is None else rules
	facts = facts_of(sale.customer, sale.posting_date, rules)
	fitting = [rule for rule in rules if earning.applies(rule, sale, facts)]
	used = used_of(sale.customer, sale.posting_date, fitting, lock)
	return earning.evaluate(
		sale, facts, plan_of(plan or programmes.plan(sale.programme), sale.tier), fitting, used
	)


def with_time(sale: Sale) -> Sale:
	"""The time as `datetime.time`; drivers give a timedelta."""
	moment = rule_conditions.as_time(sale.posting_time)
	if moment is sale.posting_time:
		return sale
	values = {name: getattr(sale, name) for name in Sale.__dataclass_fields__}
	return Sale(**values | {"posting_time": moment})


def plan_of(plan: SimpleNamespace, tier: str | None) -> EarnPlan:
	"""The programme's base rate times the tier's."""
	rate = to_decimal(plan.tiers[tier].points_rate) if tier in plan.tiers else to_decimal(1)
	fields = plan.fields
	rate *= to_decimal(fields.points_per_unit)
	return EarnPlan(rate, fields.points_rounding or "Down", cint(fields.points_decimals))


def rules_of(programme: str) -> tuple[EarnRule, ...]:
	"""The active rules of a programme."""
	return _remembered.get(programme)


def _load(programme: str) -> tuple[EarnRule, ...]:
	rows = frappe.get_all(RULE, {"programme": programme, "active": 1}, FIELDS, limit_page_length=0)
	conditions = rule_conditions.rows_of(RULE, [row.name for row in rows])
	return tuple(as_rule(row, conditions[row.name]) for row in rows)


_remembered = rule_conditions.Remembered(RULE, "programme", _load)


def as_rule(row, conditions: Iterable) -> EarnRule:
	"""`row` has FIELDS; a document of Earn Rule will do."""
	return EarnRule(
		name=row.name,
		effect=row.effect,
		value=to_decimal(row.value),
		order=cint(row.priority),
		conditions=rule_conditions.read(row, conditions),
		minimum=to_decimal(row.minimum_amount),
		birthday=row.birthday or "",
		segment=row.segment or "",
		campaign=row.campaign or "",
		scope=row.scope or earning.BASKET,
		combining=row.combining or earning.ADDS,
		cap_sale=to_decimal(row.cap_sale),
		cap_day=to_decimal(row.cap_day),
		cap_period=to_decimal(row.cap_period),
		period=row.period or earning.CALENDAR_MONTH,
	)


def facts_of(customer: str, day: date, rules: Iterable[EarnRule]) -> MemberFacts:
	"""Only what one of the rules asks for is read."""
	birthday = None
	if any(rule.birthday for rule in rules):
		birthday = frappe.db.get_value("CRM Customer", customer, "birthday")
	return MemberFacts(
		getdate(birthday) if birthday else None,
		segments_of(customer, {rule.segment for rule in rules if rule.segment}),
		running({rule.campaign for rule in rules if rule.campaign}, day),
	)


def segments_of(customer: str, asked: set[str]) -> frozenset[str]:
	if not asked:
		return frozenset()
	filters = {"customer": customer, "segment": ["in", sorted(asked)]}
	return frozenset(frappe.get_all("Customer Segment Member", filters, pluck="segment"))


def running(campaigns: set[str], day: date) -> frozenset[str]:
	"""Those that ran on `day`: from their start to their end, or to the day when they were stopped."""
	if not campaigns:
		return frozenset()
	fields = ["name", "status_category", "start_date", "end_date", "started_on", "ended_on"]
	rows = frappe.get_all("CRM Campaign", {"name": ["in", sorted(campaigns)]}, fields)
	return frozenset(row.name for row in rows if _ran_on(row, day))


def _ran_on(row, day: date) -> bool:
	start, end = row.started_on or row.start_date, row.ended_on or row.end_date
	if row.status_category in NEVER_RUN or not start:
		return False
	return getdate(start) <= day and (not end or day <= getdate(end))


def used_of(customer: str, day: date, rules: Iterable[EarnRule], lock: bool = True) -> dict[str, Used]:
	"""What the rules with a limit per customer have given them already, in sales that stand."""
	limited = earning.limited(rules)
	if not limited:
		return {}
	since = min(earning.period_start(rule, day) for rule in limited.values())
	return earning.add_up_used(limited, _given(customer, since, lock), day)


def _given(customer: str, since: date, lock: bool):
	"""(day, [(rule, points)]) of the customer's sales from `since` on."""
	filters = {"customer": customer, "cancelled": 0, "posting_date": [">=", since]}
	fields = ["posting_date", "rules"]
	for row in frappe.db.get_values("Member Earning", filters, fields, as_dict=True, for_update=lock):
		yield getdate(row.posting_date), json.loads(row.rules or "[]")
