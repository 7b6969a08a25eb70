"""Budgets and expense requests, and the people to move them on."""

import frappe
from crm_testing.hosts import acting_as
from frappe.model.workflow import apply_workflow
from frappe.utils import getdate


def make_category(name: str = "Test Gifts", **values):
	if frappe.db.exists("CRM Expense Category", name):
		return frappe.get_doc("CRM Expense Category", name)
	return frappe.get_doc({"doctype": "CRM Expense Category", "category_name": name, **values}).insert()


def make_budget(*lines: dict, department: str = "Test Sales", approve: bool = True, **values):
	"""A budget of this year; `lines` default to 10,000 for gifts, control Stop. Approved unless told."""
	make_category()
	rows = [{"category": "Test Gifts", "amount": 10000, "control": "Stop", **line} for line in lines or [{}]]
	values = {"department": department, "fiscal_year": getdate().year, "lines": rows, **values}
	budget = frappe.get_doc({"doctype": "CRM Budget", **values}).insert()
	return move(budget, "Submit for Approval", "Approve") if approve else budget


def make_request(*amounts: float, user: str = "staff@example.com", **values):
	"""A draft of `user` with one gift line per amount (default one of 1,000)."""
	make_category()
	lines = [{"category": "Test Gifts", "amount": a, "expense_date": getdate()} for a in amounts or [1000]]
	values = {"purpose": "Win-back gift", "lines": lines, **values}
	with acting_as(user):
		return frappe.get_doc({"doctype": "Expense Request", **values}).insert()


def move(doc, *actions: str, user: str = "Administrator"):
	"""Applies workflow actions one after the other as `user`; returns the document as stored."""
	with acting_as(user):
		for action in actions:
			apply_workflow(doc, action)
	return frappe.get_doc(doc.doctype, doc.name)


def set_limits(head: float = 2000, finance: float = 20000) -> None:
	settings = frappe.get_doc("CRM Settings")
	settings.update({"tier1_limit": head, "tier2_limit": finance})
	settings.save()
