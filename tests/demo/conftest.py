"""The demo is installed once, looked at from all sides, and taken back; the tests judge what was seen."""

import os
from types import SimpleNamespace

import pytest

COUNTED = (
	"User", "CRM Employee", "CRM Department", "CRM Store", "CRM Customer", "CRM Transaction",
	"CRM Transaction Item", "Member Card", "CRM Interaction", "Complaint", "Customer Segment", "CRM Campaign",
	"CRM Budget", "Expense Request", "CRM Budget Entry",
)  # fmt: skip
STATES = {
	"CRM Customer": "lifecycle_stage",
	"Member Card": "status_category",
	"Complaint": "stage",
	"CRM Campaign": "workflow_state",
	"CRM Budget": "status_category",
	"Expense Request": "workflow_state",
}


@pytest.fixture(scope="module")
def seen(site):
	from crm_testing import hosts

	with hosts.isolated(really_commits=False):
		return look()


def look() -> SimpleNamespace:
	import frappe

	from crm_app import demo

	told, again = [], []
	logins = demo.install(progress=lambda done, total, label: told.append((done, total, label)))
	frappe.db.commit()
	first = counts()
	demo.install(progress=lambda done, total, label: again.append((done, total, label)))
	return SimpleNamespace(
		logins=logins,
		told=told,
		again=again,
		first=first,
		second=counts(),
		states={doctype: values(doctype, field) for doctype, field in STATES.items()},
		promises=values("Complaint", "service_level_state"),
		causeless=frappe.db.count("Complaint", {"cause": ["is", "not set"]}),
		returns=frappe.db.count("CRM Transaction", {"transaction_type": "Return"}),
		segments=rfm_segments(),
		members=dict(frappe.get_all("Customer Segment", fields=["name", "member_count"], as_list=True)),
		budget=budget_of_this_year(),
		audit=audit(),
		mismatches=mismatches(),
		living=living_members(),
		due=customers_due_for_review(),
		waiting=waiting_for(),
		visible=visible_customers(),
		pages=pages() if os.environ["CRM_TEST_HOST"] == "embedded" else {},
	)


def counts() -> dict[str, int]:
	import frappe

	return {doctype: frappe.db.count(doctype) for doctype in COUNTED}


def values(doctype: str, field: str) -> set[str]:
	import frappe

	return set(frappe.get_all(doctype, pluck=field, limit_page_length=0))


def rfm_segments() -> dict[str, int]:
	import frappe
	from frappe.utils import getdate

	from crm_app.crm_analytics.report.rfm_segmentation import rfm_segmentation as report

	named = report.segmented(report.summary(frappe._dict(), getdate()))
	return named["segment"].value_counts().to_dict()


def budget_of_this_year() -> SimpleNamespace:
	import frappe
	from frappe.utils import getdate

	fields = ["amount", "reserved", "committed", "spent"]
	rows = frappe.get_all("CRM Budget Balance", {"fiscal_year": getdate().year, "is_active": 1}, fields)
	return SimpleNamespace(**{field: sum(row[field] for row in rows) for field in fields})


def audit() -> list[str]:
	from crm_app.crm_finance import ledger

	return ledger.audit()


def customers_due_for_review() -> list[str]:
	from frappe.utils import getdate

	from crm_app.crm_customers import review

	return review.due_customers(review.facts_of(None, getdate()), getdate(), review.ruled_fields())


def waiting_for() -> dict[str, list[str]]:
	"""Expense requests that the approvers of the three tiers can approve now, with their own rights."""
	import frappe
	from crm_testing.hosts import acting_as
	from frappe.model.workflow import get_transitions

	found = {}
	for user in ("head@demo.crm", "manager@demo.crm", "finance@demo.crm", "gm@demo.crm"):
		with acting_as(user):
			names = frappe.get_list("Expense Request", {"status_category": "Pending"}, pluck="name")
			documents = [frappe.get_doc("Expense Request", name) for name in names]
			found[user] = [
				doc.name for doc in documents if any(t.action == "Approve" for t in get_transitions(doc))
			]
	return found


def visible_customers() -> dict[str, set]:
	"""user → account managers of the customers in their list."""
	import frappe
	from crm_testing.hosts import acting_as

	found = {}
	for user in (
		"sales@demo.crm",
		"sales2@demo.crm",
		"head@demo.crm",
		"service@demo.crm",
		"manager@demo.crm",
	):
		with acting_as(user):
			found[user] = set(frappe.get_list("CRM Customer", pluck="account_manager", limit_page_length=0))
	return found


def pages() -> dict[tuple[str, str], int]:
	"""(user, address) → status of the log-in and of every workspace that the user is offered."""
	import frappe
	from crm_testing.desk import client_of

	from crm_app.demo import LOGINS
	from desk import shell
	from desk.auth import authenticate

	found = {}
	for row in LOGINS:
		user = row["user"]
		found[user, "login"] = int(authenticate(user, row["password"]) == user)
		frappe.set_user(user)
		frappe.local.cache.clear()
		addresses = [group["url"] for group in shell.navigation() if group["url"]]
		frappe.set_user("Administrator")
		found[user, "workspaces"] = len(addresses)
		client = client_of(user)
		for address in addresses:
			found[user, address] = client.get(address).status_code
	return found


def mismatches() -> list:
	from crm_app.crm_membership import reconciling

	return list(reconciling.mismatches())


def living_members() -> dict[str, int]:
	import frappe

	doctypes = (
		"Member Lot",
		"Member Top-up",
		"Member Tier Change",
		"Membership Fee",
		"Tier Review Line",
		"CRM Till",
	)
	found = {doctype: frappe.db.count(doctype) for doctype in doctypes}
	found["Gifts"] = frappe.db.count("Member Ledger Entry", {"entry_type": "Gift"})
	found["Pending"] = frappe.db.count("Tier Review", {"status_category": "Pending"})
	return found
