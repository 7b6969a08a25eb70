"""Checked rules as one query over customers.

- Customers that were merged or erased are never in a segment.
- Rules about cards speak of one and the same card when all rules must hold ("a Gold card that is active").
- Rules about scores speak of the latest ones; who has none meets no such rule.
- Totals come from submitted transactions; "amount" is sales less returns, dates and counts are of sales. Who
  never bought counts 0 purchases and 0 money, and has no first or last date.
"""

from dataclasses import replace
from functools import reduce
from operator import and_, or_

import frappe
from frappe.query_builder import Case, DocType
from frappe.query_builder.functions import Coalesce, Count, Max, Min, Sum
from frappe.utils import add_days, nowdate

from crm_app.crm_marketing.domain.segment_rules import DATE, TAGS, Field, Rule
from crm_app.crm_marketing.rule_conditions import condition, cut_to_date
from crm_app.crm_marketing.segment_fields import (
	CARD,
	CARD_BALANCES,
	CARD_TOTALS,
	CUSTOMER,
	SCORES,
	TRANSACTIONS,
)

NOT_TARGETS = ("Merged", "Erased")
FLIPPED = {
	"greater than": "less than",
	"at least": "at most",
	"less than": "greater than",
	"at most": "at least",
}
SINCE = {"days_since_last": "last_date", "days_since_first": "first_date"}


def customers_matching(rules: list[Rule], match_any: bool):
	"""(query, customer table): the query selects nothing yet. No rules match nobody."""
	customer = DocType("CRM Customer")
	query = frappe.qb.from_(customer).where(customer.status_category.notin(NOT_TARGETS))
	conditions = [_customer_condition(customer, rule) for rule in rules if rule.source == CUSTOMER]
	for period in sorted({rule.period_days for rule in rules if rule.source == TRANSACTIONS}):
		totals = _transaction_totals(period)
		query = query.left_join(totals).on(totals.customer == customer.name)
		conditions += [_total_condition(totals, rule) for rule in _about_period(rules, period)]
	if about_scores := [rule for rule in rules if rule.source == SCORES]:
		score = DocType("Customer Score")
		query = query.left_join(score).on(score.customer == customer.name)
		scored = score.customer.isnotnull()  # who has no score is neither below nor above a number
		conditions += [
			scored & condition(_column(score, "Customer Score", rule), rule) for rule in about_scores
		]
	card_totals = {field.name for field in CARD_TOTALS}
	cards = [rule for rule in rules if rule.source == CARD]
	counted = [rule for rule in cards if rule.field.name in card_totals]
	if counted:
		totals = _card_totals()
		query = query.left_join(totals).on(totals.customer == customer.name)
		conditions += [condition(Coalesce(totals.active_card_count, 0), rule) for rule in counted]
	plain = [rule for rule in cards if rule.field.name not in card_totals]
	for together in [[rule] for rule in plain] if match_any else filter(None, [plain]):
		conditions.append(customer.name.isin(_holders_of_cards(together)))
	if not conditions:
		return query.where(customer.name.isnull()), customer
	return query.where(reduce(or_ if match_any else and_, conditions)), customer


def _about_period(rules, period: int):
	return [rule for rule in rules if rule.source == TRANSACTIONS and rule.period_days == period]


def _customer_condition(customer, rule: Rule):
	if rule.field.kind == TAGS:
		return _tag_condition(customer, rule)
	return condition(_column(customer, "CRM Customer", rule), rule)


def _column(table, doctype: str, rule: Rule):
	column = table[rule.field.name]
	df = frappe.get_meta(doctype).get_field(rule.field.name)
	is_moment = rule.field.name == "creation" or (df and df.fieldtype == "Datetime")
	return cut_to_date(column) if is_moment else column


def _tag_condition(customer, rule: Rule):
	"""A tag rule asks whether the customer has any of the tags."""
	table_field = frappe.get_meta("CRM Customer").get_field(rule.field.name)
	link = next(df for df in frappe.get_meta(table_field.options).fields if df.fieldtype == "Link")
	row = DocType(table_field.options)
	holders = (
		frappe.qb.from_(row)
		.select(row.parent)
		.where((row.parenttype == "CRM Customer") & (row.parentfield == rule.field.name))
	)
	if rule.value is not None:
		tags = rule.value if isinstance(rule.value, tuple) else (rule.value,)
		holders = holders.where(row[link.fieldname].isin(tags))
	if rule.operator in ("not equals", "not in", "is not set"):
		return customer.name.notin(holders)
	return customer.name.isin(holders)


def _holders_of_cards(rules: list[Rule]):
	card = DocType("Member Card")
	query = frappe.qb.from_(card).select(card.customer)
	balances = {field.name for field in CARD_BALANCES}
	account = DocType("Member Account")
	if any(rule.field.name in balances for rule in rules):
		query = query.left_join(account).on(account.name == card.name)
	for rule in rules:
		held = rule.field.name in balances
		column = _balance(account, rule.field.name) if held else _column(card, "Member Card", rule)
		query = query.where(condition(column, rule))
	return query


def _balance(account, name: str):
	"""What the ledger says now; what has passed its last day counts until the nightly job writes it off."""
	columns = {
		"points_balance": account.points,
		"value_balance": account.principal + account.bonus,
		"credit_balance": account.tier_credit,
	}
	return Coalesce(columns[name], 0)


def _card_totals():
	card = DocType("Member Card")
	return (
		frappe.qb.from_(card)
		.select(card.customer, Count("*").as_("active_card_count"))
		.where(card.status_category == "Active")
		.groupby(card.customer)
		.as_("card_totals")
	)


def _transaction_totals(period_days: int):
	sale = DocType("CRM Transaction")
	is_sale = sale.transaction_type == "Sale"
	query = (
		frappe.qb.from_(sale)
		.select(
			sale.customer,
			Sum(sale.amount).as_("amount"),
			Sum(Case().when(is_sale, 1).else_(0)).as_("purchase_count"),
			Min(Case().when(is_sale, sale.posting_date)).as_("first_date"),
			Max(Case().when(is_sale, sale.posting_date)).as_("last_date"),
		)
		.where(sale.docstatus == 1)
		.groupby(sale.customer)
	)
	if period_days:
		query = query.where(sale.posting_date >= add_days(nowdate(), -period_days))
	return query.as_(f"transactions_{period_days}")


def _total_condition(totals, rule: Rule):
	if rule.field.name in SINCE:
		rule = _as_date_rule(rule)
	if rule.field.kind == DATE:
		return condition(totals[rule.field.name], rule)
	if rule.field.name == "average_amount":
		bought = totals.purchase_count > 0
		return bought & condition(totals.amount / totals.purchase_count, rule)
	return condition(Coalesce(totals[rule.field.name], 0), rule)


def _as_date_rule(rule: Rule) -> Rule:
	"""Days since a date are compared as that date, which needs no date arithmetic in the database."""
	field = Field(SINCE[rule.field.name], rule.field.label, DATE)
	value = rule.value
	if isinstance(value, tuple):
		value = tuple(sorted(_days_ago(days) for days in value))
	elif value is not None:
		value = _days_ago(value)
	return replace(rule, field=field, operator=FLIPPED.get(rule.operator, rule.operator), value=value)


def _days_ago(days) -> str:
	return add_days(nowdate(), -int(days))
