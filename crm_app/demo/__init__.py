"""A firm to try the CRM on: two years of customers, sales, members, complaints, campaigns and budgets.

For a site that shows the product. Its passwords are public: nothing for a site with real data.
"""

from collections.abc import Callable

import frappe
from frappe import _
from frappe.utils.password import check_password

from crm_app.crm_analytics.scores import runs
from crm_app.demo import (
	coupons,
	customers,
	finance,
	loyalty,
	marketing,
	members,
	people,
	sales,
	service,
)
from crm_app.demo.people import LOGINS
from crm_app.demo.world import World

DONE = "crm_demo_data"
STEPS = (
	people.create,
	sales.create_stores,
	customers.create,
	sales.plan_baskets,
	members.create,
	sales.create,
	customers.settle_standing,
	service.create,
	marketing.create,
	coupons.create,
	loyalty.create,
	finance.create,
)
RECORDS = 6886  # roughly what the steps report as done


class Count:
	"""Adds up what the steps finish and passes it on as `progress(done, total, label)`."""

	def __init__(self, progress: Callable | None):
		self.done, self.tell = 0, progress or (lambda done, total, label: None)

	def __call__(self, label: str, count: int = 1) -> None:
		self.done += count
		self.tell(min(self.done, RECORDS - 1), RECORDS, label)


def install(progress: Callable[[int, int, str], None] | None = None) -> list[dict]:
	"""Fills the site once, in one transaction, and returns the log-ins; a second call adds nothing."""
	frappe.only_for("System Manager")
	if not is_installed():
		fill(World(Count(progress)))
	if progress:
		progress(RECORDS, RECORDS, _("The demo data is there"))
	return logins()


def is_installed() -> bool:
	return bool(frappe.db.get_default(DONE))


def fill(world: World) -> None:
	for step in STEPS:
		step(world)
	frappe.db.set_default(DONE, str(world.today))
	runs.refresh()  # a new user finds customers with scores; commits what is there
	frappe.clear_messages()  # hints for people at a form; nobody sits here


def logins() -> list[dict]:
	"""LOGINS; without Administrator where the site was made with another password."""
	return [row for row in LOGINS if row["user"] != "Administrator" or _fits(row["user"], row["password"])]


def _fits(user: str, password: str) -> bool:
	try:
		return bool(check_password(user, password, delete_tracker_cache=False))
	except frappe.AuthenticationError:
		return False
