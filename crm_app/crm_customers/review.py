"""Grades and lifecycle stages by rule: one customer on demand, all of them every night."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import frappe
from frappe.utils import cint, getdate, nowdate

from crm_app.crm_customers.domain.standing import (
	Decision,
	GradeRules,
	PurchaseFacts,
	StageRules,
	decide_grade,
	decide_stage,
)
from crm_app.crm_customers.history import GRADE, RULE, STAGE, Tracked
from crm_app.crm_customers.queries import purchase_facts
from crm_app.customising.mandatory import forgive_custom
from crm_app.utils import by_rule
from crm_app.utils.money import round_money
from crm_app.utils.telling import tell

BATCH = 200  # customers between two commits of the nightly run


@dataclass(frozen=True)
class Ruled:
	"""A tracked field, and the decision about it with the site's rules filled in."""

	tracked: Tracked
	decide: Callable[[PurchaseFacts], Decision]
	nightly: bool

	def applies_to(self, customer) -> bool:
		return customer.get(f"{self.tracked.prefix}_source") == RULE


def ruled_fields() -> list[Ruled]:
	rules = frappe.get_cached_doc("CRM Customer Rules")
	grades = GradeRules(
		round_money(rules.vip_amount), cint(rules.vip_orders), round_money(rules.potential_amount)
	)
	stages = StageRules(**{name: cint(rules.get(name)) for name in StageRules.__dataclass_fields__})
	return [
		Ruled(GRADE, lambda facts: decide_grade(facts, grades), bool(rules.grade_by_rule)),
		Ruled(STAGE, lambda facts: decide_stage(facts, stages), bool(rules.lifecycle_by_rule)),
	]


def facts_of(customers: list[str] | None, as_of: date) -> dict[str, PurchaseFacts]:
	rules = frappe.get_cached_doc("CRM Customer Rules")
	return purchase_facts(as_of, cint(rules.window_days) or 365, customers)


def apply_rules(doc, facts: PurchaseFacts, fields: list[Ruled]) -> bool:
	"""Sets what rules decide about `doc`; True when something changed. Does not save."""
	changed = False
	for ruled in fields:
		if ruled.applies_to(doc):
			decision = ruled.decide(facts)
			changed |= ruled.tracked.decide(doc, decision.value, tell(decision.reason, *decision.values))
	return changed


def review(doc, as_of: date | None = None) -> bool:
	"""One customer now; saves and returns True when grade or stage changed."""
	as_of = getdate(as_of or nowdate())
	facts = facts_of([doc.name], as_of).get(doc.name, PurchaseFacts(as_of))
	return _save_by_rule(doc, facts, ruled_fields())


def review_all(as_of: date | None = None) -> int:
	"""Nightly job; returns how many customers were due. A run that was stopped goes on where it was."""
	as_of = getdate(as_of or nowdate())
	fields = [ruled for ruled in ruled_fields() if ruled.nightly]
	facts = facts_of(None, as_of)
	due = due_customers(facts, as_of, fields)
	for count, name in enumerate(due, 1):
		_review_one(name, facts.get(name, PurchaseFacts(as_of)), fields)
		if count % BATCH == 0:
			frappe.db.commit()
	return len(due)


def due_customers(facts: dict[str, PurchaseFacts], as_of: date, fields: list[Ruled]) -> list[str]:
	"""Customers whose grade or stage no longer is what the rules say."""
	columns = ["name", "grade", "grade_source", "lifecycle_stage", "lifecycle_source"]
	active = {"status_category": "Active"}
	rows = frappe.get_all("CRM Customer", active, columns, order_by="name", limit_page_length=0)
	nothing = PurchaseFacts(as_of)
	return [
		row.name
		for row in rows
		if any(
			ruled.applies_to(row)
			and ruled.decide(facts.get(row.name, nothing)).value != row[ruled.tracked.field]
			for ruled in fields
		)
	]


def _review_one(name: str, facts: PurchaseFacts, fields: list[Ruled]) -> None:
	"""One customer that cannot be saved must not stop the others."""
	frappe.db.savepoint("review_customer")
	try:
		doc = frappe.get_doc("CRM Customer", name)
		doc.flags.ignore_permissions = True  # the job acts for nobody
		_save_by_rule(doc, facts, fields)
	except Exception:
		frappe.db.rollback(save_point="review_customer")
		frappe.log_error(title=f"Review of customer {name}")


def _save_by_rule(doc, facts: PurchaseFacts, fields: list[Ruled]) -> bool:
	changed = apply_rules(doc, facts, fields)
	if changed:
		doc.flags.by_rule = True
		by_rule.begin(doc)
		forgive_custom(doc)
		doc.save()
		doc.flags.by_rule = False
	return changed
