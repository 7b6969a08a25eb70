"""Retention tasks out of scores: one open task per customer, for whoever looks after them."""

import frappe
from frappe import _
from frappe.utils import add_days, nowdate

from crm_app.crm_analytics.scores import settings
from crm_app.crm_analytics.scores.wording import currency_of_scores, reasons_of
from crm_app.customising.mandatory import forgive_custom

TASK, SCORE = "Retention Task", "Customer Score"
FIELDS = [
	"customer", "segment", "churn_probability", "value_at_risk", "as_of", "model_version",
	"reason_1", "reason_2", "reason_3",
]  # fmt: skip
AT_ONCE = 500


def make_tasks(customers: list[str]) -> dict[str, int]:
	"""{"made", "open"}: tasks made now, and customers who had one already. The reader's customers only.

	Who has no manager is given to the reader. Pressed twice, or by two at once, a customer gets one task.
	"""
	frappe.has_permission(TASK, "create", throw=True)
	made, there, currency = 0, 0, currency_of_scores()
	for start in range(0, len(customers), AT_ONCE):
		part = customers[start : start + AT_ONCE]
		managers, opened = managers_of(part), with_open_task(part)
		for row in frappe.get_list(SCORE, {"customer": ["in", part]}, FIELDS, limit_page_length=0):
			new = row.customer not in opened and make_task(row, managers.get(row.customer), currency)
			made, there = made + bool(new), there + (not new)
	return {"made": made, "open": there}


def managers_of(customers: list[str]) -> dict[str, str]:
	rows = frappe.get_list(
		"CRM Customer", {"name": ["in", customers]}, ["name", "account_manager"], limit_page_length=0
	)
	return {row.name: row.account_manager for row in rows if row.account_manager}


def with_open_task(customers: list[str]) -> set[str]:
	"""Whoever has one, seen by the reader or not: an open task is an open task."""
	found = frappe.get_all(TASK, {"open_for": ["in", customers]}, pluck="customer", limit_page_length=0)
	return set(found)


def make_task(row, manager: str | None, currency: str) -> bool:
	"""False where another process was quicker."""
	task = frappe.get_doc(
		{
			"doctype": TASK,
			"customer": row.customer,
			"allocated_to": manager or frappe.session.user,
			"due_on": add_days(nowdate(), settings.value("retention_days")),
			"status": "Open",
			"segment": row.segment,
			"churn_probability": row.churn_probability,
			"value_at_risk": row.value_at_risk,
			"reasons": "\n".join(reasons_of(row, currency)),
			"scored_as_of": row.as_of,
			"model_version": row.model_version,
		}
	)
	task.flags.from_scores = True
	forgive_custom(task)
	frappe.db.savepoint("retention_task")
	try:
		task.insert()
	except (frappe.DuplicateEntryError, frappe.UniqueValidationError):
		frappe.db.rollback(save_point="retention_task")
		frappe.clear_last_message()
		return False
	return True


def told(done: dict[str, int]) -> str:
	return _("{0} tasks made; {1} customers had an open one already.").format(done["made"], done["open"])
