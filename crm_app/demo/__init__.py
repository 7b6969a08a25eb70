"""A shop to try the CRM on: tea, teaware and gifts, two years of it. `install()` fills the site once."""

import random
from collections.abc import Callable

import frappe

from crm_app.demo import customers, finance, marketing, people, sales, service

LOGINS = people.LOGINS
SEED = 20_240_229
MARK = "crm_demo_step"

# Each step is one transaction and runs once: a killed or repeated install goes on where it ended.
STEPS: tuple[tuple[str, Callable[[random.Random], None]], ...] = (
	("People", people.install),
	("Customers", customers.install_customers),
	("Sales", sales.install_sales),
	("Grades and Lifecycle", sales.review_customers),
	("Members", customers.install_members),
	("Interactions", customers.install_interactions),
	("Complaints", service.install_complaints),
	("Segments", marketing.install_segments),
	("Campaigns", marketing.install_campaigns),
	("Budgets", finance.install_budgets),
	("Expenses", finance.install_expenses),
)


def install(progress: Callable[[int, int, str], None] | None = None) -> list[dict]:
	"""Fill the site with demo data, commit step by step, return the logins. Only a System Manager may."""
	frappe.only_for("System Manager")
	report = progress or (lambda done, total, label: None)
	for number, (label, step) in enumerate(STEPS):
		report(number, len(STEPS), label)
		if not frappe.db.get_default(f"{MARK}_{frappe.scrub(label)}"):
			_take(label, step)
	report(len(STEPS), len(STEPS), "")
	return LOGINS


def _take(label: str, step: Callable[[random.Random], None]) -> None:
	frappe.flags.mute_emails = True
	try:
		step(random.Random(f"{SEED} {label}"))
		frappe.db.set_default(f"{MARK}_{frappe.scrub(label)}", "1")
		frappe.db.commit()
	except Exception:
		frappe.db.rollback()
		raise
	finally:
		frappe.flags.mute_emails = False
