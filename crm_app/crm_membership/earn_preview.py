"""Reads past sales for the preview of an earn rule: in portions, customer by customer, and writes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import frappe
from frappe.utils import getdate

from crm_app.crm_customers.permissions import apply_row_rule
from crm_app.crm_membership import earn_rules, programmes
from crm_app.crm_membership.domain.earned import Sale, SaleLine
from crm_app.crm_membership.domain.earning import EarnRule, MemberFacts
from crm_app.crm_membership.domain.previewing import Preview
from crm_app.utils.money import ZERO, to_decimal

PORTION = 500  # sales that are in memory at once
MOST = 200_000  # sales that are looked at; a longer period is cut and the report says so


def preview(rule, first: date, last: date, most: int = MOST) -> tuple[Preview, bool]:
	"""(what `rule`, an Earn Rule active or not, would have given in sales of the period, whether all were
	seen).

	Besides it count the other rules that are active now; tiers and segments are those of today.
	"""
	rules, plan = with_rule(rule), programmes.plan(rule.programme)
	counted, left = Preview(rule.name, rules), most
	for portion in _portions(rule.programme, first, last, PORTION):
		for sale, facts, granted in _read(portion[:left], rule.programme, rules):
			counted.add(sale, facts, earn_rules.plan_of(plan, sale.tier), granted)
		left -= len(portion)
		if left <= 0:
			return counted, False
	return counted, True


def with_rule(rule) -> tuple[EarnRule, ...]:
	"""The active rules of the programme with `rule` as it is now among them."""
	others = [other for other in earn_rules.rules_of(rule.programme) if other.name != rule.name]
	return (*others, earn_rules.as_rule(rule, rule.conditions))


def _portions(programme: str, first: date, last: date, size: int) -> Iterator[list]:
	"""Sales in the order of customer and day, each portion behind the last sale of the one before."""
	sale, card = frappe.qb.DocType("CRM Transaction"), frappe.qb.DocType("Member Card")
	columns = [
		sale[name] for name in ("name", "customer", "store", "channel", "posting_date", "posting_time")
	]
	query = (
		frappe.qb.from_(sale)
		.join(card)
		.on(card.name == sale.member_card)
		.select(*columns, sale.currency, sale.member_card, card.tier)
		.where((card.programme == programme) & (sale.docstatus == 1) & (sale.transaction_type == "Sale"))
		.where((sale.posting_date >= first) & (sale.posting_date <= last))
		.orderby(sale.customer)
		.orderby(sale.posting_date)
		.orderby(sale.name)
		.limit(size)
	)
	query = apply_row_rule(query, sale.customer)
	rows = query.run(as_dict=True)
	while rows:
		yield rows
		end = rows[-1]
		same_day = (sale.posting_date == end.posting_date) & (sale.name > end.name)
		later = (sale.customer == end.customer) & ((sale.posting_date > end.posting_date) | same_day)
		rows = (
			query.where((sale.customer > end.customer) | later).run(as_dict=True) if len(rows) == size else []
		)


def _read(rows: list, programme: str, rules: tuple[EarnRule, ...]) -> Iterator[tuple]:
	"""(Sale, MemberFacts, points really given) of each row; one query per table for the whole portion."""
	lines, granted = _lines([row.name for row in rows]), _granted([row.name for row in rows])
	facts = _facts({row.customer for row in rows}, rules)
	campaigns = {rule.campaign for rule in rules if rule.campaign}
	for row in rows:
		day = getdate(row.posting_date)
		about = facts[row.customer]
		if campaigns:
			about = replace(about, campaigns=earn_rules.running(campaigns, day))
		sale = Sale(
			card=row.member_card,
			customer=row.customer,
			programme=programme,
			tier=row.tier,
			store=row.store,
			channel=row.channel,
			posting_date=day,
			posting_time=row.posting_time,
			currency=row.currency,
			lines=tuple(lines.get(row.name, ())),
		)
		yield earn_rules.with_time(sale), about, granted.get(row.name, ZERO)


def _lines(names: list[str]) -> dict[str, list[SaleLine]]:
	filters = {"parent": ["in", names], "parenttype": "CRM Transaction"}
	fields = ["name", "parent", "item_code", "category", "qty", "amount"]
	found: dict[str, list[SaleLine]] = {}
	rows = frappe.get_all("CRM Transaction Item", filters, fields, order_by="idx asc", limit_page_length=0)
	for row in rows if names else []:
		line = SaleLine(row.name, row.item_code, row.category, to_decimal(row.qty), to_decimal(row.amount))
		found.setdefault(row.parent, []).append(line)
	return found


def _granted(names: list[str]) -> dict:
	filters = {"transaction": ["in", names], "cancelled": 0}
	rows = frappe.get_all("Member Earning", filters, ["transaction", "points"], limit_page_length=0)
	return {row.transaction: to_decimal(row.points) for row in rows}


def _facts(customers: set[str], rules: tuple[EarnRule, ...]) -> dict[str, MemberFacts]:
	"""Birthdays and segments, as far as a rule asks for them."""
	wanted, segments = sorted(customers), sorted({rule.segment for rule in rules if rule.segment})
	birthdays, members = {}, {}
	if any(rule.birthday for rule in rules):
		rows = frappe.get_all(
			"CRM Customer", {"name": ["in", wanted]}, ["name", "birthday"], limit_page_length=0
		)
		birthdays = {row.name: getdate(row.birthday) for row in rows if row.birthday}
	if segments:
		filters = {"customer": ["in", wanted], "segment": ["in", segments]}
		rows = frappe.get_all(
			"Customer Segment Member", filters, ["customer", "segment"], limit_page_length=0
		)
		for row in rows:
			members.setdefault(row.customer, set()).add(row.segment)
	return {name: MemberFacts(birthdays.get(name), frozenset(members.get(name, ()))) for name in wanted}
