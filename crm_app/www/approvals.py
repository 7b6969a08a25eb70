"""/approvals: what waits for the reader's decision, for a telephone."""

import frappe
from frappe import _
from frappe.utils import fmt_money, formatdate, get_url_to_form

from crm_app.crm_finance.charging import without_budget
from crm_app.utils.money import to_decimal
from crm_app.utils.settings import setting
from crm_app.workflows import queue

no_cache = 1
AMOUNTS = ("total_amount", "budget_amount", "compensation_amount")
TITLES = ("purpose", "campaign_name", "subject", "customer_name")


def get_context(context):
	if frappe.session.user == "Guest":
		frappe.throw(_("Log in to see what waits for you."), frappe.PermissionError)
	context.update({"no_cache": 1, "show_sidebar": False, "title": _("Approvals")})
	context.items_waiting = [show(**item) for item in queue.waiting_for()]
	return context


def show(doc, actions: list[str], problem: str = "") -> dict:
	amount = _first(doc, AMOUNTS)
	after = getattr(doc, "position_after", None)
	return {
		"doctype": doc.doctype,
		"name": doc.name,
		"modified": str(doc.modified),
		"title": _first(doc, TITLES) or doc.get("department") or doc.name,
		"amount": money(amount) if amount else "",
		"asked": _("Asked by {0} on {1}").format(
			_asker(doc), formatdate(doc.get("posting_date") or doc.creation)
		),
		"has_position": doc.doctype == "Expense Request",
		"after": None if after is None else money(after),
		"no_budget": no_budget(doc),
		"over": bool(after is not None and after < 0),
		"duplicates": (doc.get("possible_duplicates") or "").splitlines(),
		"details": details(doc),
		"problem": frappe.utils.strip_html(problem),
		"url": get_url_to_form(doc.doctype, doc.name),
		"actions": [button(doc.doctype, action) for action in actions],
	}


def button(doctype: str, action: str) -> dict:
	refuses = queue.is_refusal(doctype, action)
	return {"name": action, "label": _(action), "main": action.startswith("Approve"), "refuses": refuses}


def no_budget(doc) -> str:
	"""The categories of an Expense Request that no budget line pays, for people."""
	return ", ".join(map(_, without_budget(doc))) if doc.doctype == "Expense Request" else ""


def money(amount) -> str:
	return fmt_money(amount, currency=setting("default_currency"))


def details(doc) -> list[str]:
	"""What is decided on, in a few lines."""
	if doc.doctype == "Member Adjustment":
		change = f"{_(doc.kind)} {to_decimal(doc.change).normalize():+f}"
		return [" · ".join([doc.card, _(doc.adjustment_type), change]), doc.reason]
	return [line_text(line) for line in (doc.get("lines") or [])[:5]]


def line_text(line) -> str:
	parts = [line.get("category"), line.get("description") or line.get("remarks"), money(line.amount)]
	return " · ".join(part for part in parts if part)


@frappe.whitelist(methods=["POST"])
def decide(doctype: str, name: str, action: str, modified: str, comment: str = "", distinct: int = 0) -> str:
	"""Takes a workflow action; `distinct` is the approver's word that look-alikes are no duplicates.

	A rejection needs a comment. Returns the new state, translated.
	Permission is checked by the queue and by the workflow itself.
	"""
	frappe.has_permission(doctype, "read", doc=name, throw=True)
	if doctype in queue.QUEUES and queue.is_refusal(doctype, action) and not comment.strip():
		frappe.throw(_("Comment: say why."), frappe.MandatoryError, title=_("Comment"))
	if distinct and doctype == "Expense Request":
		modified = _accept(name, modified)
	doc = queue.decide(doctype, name, action, modified)
	if comment.strip():
		doc.add_comment("Comment", frappe.utils.escape_html(comment.strip()))
	return _(doc.workflow_state)


def _accept(name: str, modified: str) -> str:
	from crm_app.crm_finance.requests import accept_duplicate

	request = frappe.get_doc("Expense Request", name)
	if str(request.modified) != modified:
		return modified
	accept_duplicate(request)
	return str(frappe.db.get_value("Expense Request", name, "modified"))


def _asker(doc) -> str:
	return doc.get("employee_name") or frappe.utils.get_fullname(doc.owner)


def _first(doc, fieldnames):
	return next((doc.get(name) for name in fieldnames if doc.get(name)), None)
