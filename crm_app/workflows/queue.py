"""What waits for a user's decision, over all DocTypes with an approval workflow."""

import frappe
from frappe import _

from crm_app.workflows.flow import ConditionFailed, Flow
from crm_app.workflows.guard import requesters

QUEUES = ("Expense Request", "CRM Budget", "CRM Campaign", "Complaint", "Member Adjustment")
LIMIT = 50


def waiting_for(user: str | None = None, limit: int = LIMIT) -> list[dict]:
	"""[{doc, actions, problem}] that `user` may decide on now, oldest first, at most `limit` per DocType.

	`problem` says which condition cannot be evaluated for the record; it then has no actions.
	"""
	user = user or frappe.session.user
	return [item for doctype in QUEUES for item in _waiting(doctype, user, limit)]


def decide(doctype: str, name: str, action: str, modified: str):
	"""Takes the action on what the approver saw; refuses when the record has changed since."""
	from frappe.model.workflow import apply_workflow

	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	if doctype not in QUEUES or str(doc.modified) != modified or action not in actions_for(doc):
		frappe.throw(_("This can no longer be decided here. Reload the page."), frappe.TimestampMismatchError)
	return apply_workflow(doc, action)


def actions_for(doc, user: str | None = None) -> list[str]:
	"""Names of the actions of `doc` that decide (self approval is not allowed) and that the user may take."""
	user = user or frappe.session.user
	flow = Flow.of(doc.doctype)
	if not flow or (user != "Administrator" and user in requesters(doc)):
		return []
	if not _decisions(flow, flow.state(doc), user):
		return []
	steps = [step for step in flow.workflow.transitions if step.state == flow.state(doc)]
	roles = set(frappe.get_roles(user))
	return list(dict.fromkeys(s.action for s in steps if s.allowed in roles and flow.holds(s, doc)))


def is_refusal(doctype: str, action: str) -> bool:
	"""Whether the action turns the record down: who asked is owed a reason."""
	if not (flow := Flow.of(doctype)):
		return False
	ends = {flow.row(s.next_state).update_value for s in flow.workflow.transitions if s.action == action}
	return action.startswith("Reject") or ends == {"Rejected"}


def _waiting(doctype: str, user: str, limit: int) -> list[dict]:
	flow = Flow.of(doctype)
	if not flow or not frappe.has_permission(doctype, "read"):
		return []
	states = [row.state for row in flow.workflow.states if _waits(flow, row, user)]
	if not states:
		return []
	names = frappe.get_list(
		doctype,
		filters={flow.field: ["in", states]},
		pluck="name",
		order_by="modified asc",
		limit_page_length=limit,
	)
	items = [_item(frappe.get_doc(doctype, name), user) for name in names]
	return [item for item in items if item["actions"] or item["problem"]]


def _item(doc, user: str) -> dict:
	try:
		return {"doc": doc, "actions": actions_for(doc, user), "problem": ""}
	except ConditionFailed as error:
		frappe.clear_last_message()
		return {"doc": doc, "actions": [], "problem": str(error)}


def _waits(flow, row, user: str) -> bool:
	"""A draft that is about to be submitted waits too; what is approved waits for nobody."""
	return row.doc_status == "0" and bool(_decisions(flow, row.state, user))


def _decisions(flow, state: str, user: str) -> list:
	roles = set(frappe.get_roles(user))
	return [
		step
		for step in flow.workflow.transitions
		if step.state == state and step.allowed in roles and not step.allow_self_approval
	]
