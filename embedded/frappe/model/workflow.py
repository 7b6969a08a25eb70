"""Workflows: which actions a user may take, taking them, and what a save checks."""

import frappe
from frappe import _
from frappe.utils import cint


class WorkflowStateError(frappe.ValidationError):
	pass


class WorkflowTransitionError(frappe.ValidationError):
	pass


class WorkflowPermissionError(frappe.ValidationError):
	pass


def get_workflow_name(doctype: str) -> str | None:
	"""Name of the active workflow of a DocType."""
	if doctype in ("Workflow", "DocType") or frappe.local.flags.in_new_site:
		return None
	key = ("workflow", doctype)
	if key not in frappe.local.cache:
		frappe.local.cache[key] = (
			frappe.db.get_value("Workflow", {"document_type": doctype, "is_active": 1}, "name", order_by=None)
			if frappe.db.table_exists("Workflow")
			else None
		)
	return frappe.local.cache[key]


def get_workflow(doctype: str):
	return frappe.get_cached_doc("Workflow", get_workflow_name(doctype))


def get_workflow_safe_globals() -> dict:
	utils = frappe._dict(
		now_datetime=frappe.utils.now_datetime,
		add_to_date=frappe.utils.add_to_date,
		get_datetime=frappe.utils.get_datetime,
		now=frappe.utils.now,
	)
	return {
		"frappe": frappe._dict(
			db=frappe._dict(get_value=frappe.db.get_value, get_list=frappe.get_list),
			session=frappe.session,
			utils=utils,
		)
	}


def is_transition_condition_satisfied(transition, doc) -> bool:
	if not transition.condition:
		return True
	return bool(frappe.safe_eval(transition.condition, get_workflow_safe_globals(), dict(doc=doc.as_dict())))


@frappe.whitelist()
def get_transitions(doc, workflow=None, raise_exception: bool = False) -> list[dict]:
	"""Transitions open to the user from the state that the document is in."""
	from frappe.model.document import Document

	if not isinstance(doc, Document):
		doc = frappe.get_doc(frappe.parse_json(doc))
		doc.load_from_db()
	if doc.is_new():
		return []
	doc.check_permission("read")
	workflow = workflow or get_workflow(doc.doctype)
	current = doc.get(workflow.workflow_state_field)
	if not current:
		if raise_exception:
			raise WorkflowStateError
		frappe.throw(_("Workflow State not set"), WorkflowStateError)
	roles = frappe.get_roles()
	return [
		row.as_dict()
		for row in workflow.transitions
		if row.state == current and row.allowed in roles and is_transition_condition_satisfied(row, doc)
	]


def has_approval_access(user: str, doc, transition) -> bool:
	return user == "Administrator" or bool(transition.get("allow_self_approval")) or user != doc.get("owner")


@frappe.whitelist()
def apply_workflow(doc, action: str):
	"""Take an action as the current user; saves, submits or cancels."""
	doc = frappe.get_doc(frappe.parse_json(doc)) if isinstance(doc, str | dict) else doc
	doc.load_from_db()
	workflow = get_workflow(doc.doctype)
	transition = next((t for t in get_transitions(doc, workflow) if t.action == action), None)
	if not transition:
		frappe.throw(_("Not a valid Workflow Action"), WorkflowTransitionError)
	if not has_approval_access(frappe.session.user, doc, transition):
		frappe.throw(_("Self approval is not allowed"))
	doc.set(workflow.workflow_state_field, transition.next_state)
	state = next(row for row in workflow.states if row.state == transition.next_state)
	if state.update_field:
		doc.set(state.update_field, state.update_value)
	_store(doc, cint(state.doc_status))
	doc.add_comment("Workflow", _(state.state))
	return doc


def _store(doc, docstatus: int):
	now = int(doc.docstatus)
	if now == 0 and docstatus == 0:
		doc.save()
	elif now == 0 and docstatus == 1:
		doc.submit()
	elif now == 1 and docstatus == 1:
		doc.save()
	elif now == 1 and docstatus == 2:
		doc.cancel()
	else:
		frappe.throw(_("Illegal Document Status for {0}").format(doc.name))


def validate_workflow(doc):
	"""Called by save: a changed state must be a transition open to the user from the stored record."""
	workflow = get_workflow(doc.doctype)
	before = doc.get_doc_before_save()
	field = workflow.workflow_state_field
	current = before.get(field) if before else None
	following = doc.get(field)
	if not following:
		following = workflow.states[0].state
		doc.set(field, following)
	current = current or workflow.states[0].state
	if not any(row.state == current for row in workflow.states):
		frappe.throw(
			_("{0} is not a valid Workflow State. Please update your Workflow and try again.").format(
				frappe.bold(current)
			)
		)
	if current == following:
		return
	refused = _("Workflow State transition not allowed from {0} to {1}").format(
		frappe.bold(_(current)), frappe.bold(_(following))
	)
	if not before or not any(t.next_state == following for t in get_transitions(before, workflow)):
		frappe.throw(refused, WorkflowPermissionError)


def set_workflow_state_on_action(doc, workflow_name: str, action: str):
	"""A bare submit or cancel moves to the first state of the new docstatus (as real Frappe does)."""
	workflow = frappe.get_cached_doc("Workflow", workflow_name)
	field = workflow.workflow_state_field
	if any(row.state == doc.get(field) and cint(row.doc_status) == doc.docstatus for row in workflow.states):
		return
	wanted = {"update_after_submit": 1, "submit": 1, "cancel": 2}[action]
	for row in workflow.states:
		if cint(row.doc_status) == wanted:
			doc.set(field, row.state)
			return


@frappe.whitelist()
def bulk_workflow_approval(docnames: str | list, doctype: str, action: str):
	"""Take one action on many records; failures are reported, the others go through."""
	names = frappe.parse_json(docnames)
	failed = {}
	for name in names:
		frappe.db.savepoint("bulk_workflow")
		try:
			apply_workflow(frappe.get_doc(doctype, name), action)
		except Exception as error:
			frappe.db.rollback(save_point="bulk_workflow")
			frappe.clear_messages()
			failed[name] = str(error)
	if failed:
		lines = [f"{name}: {text}" for name, text in failed.items()]
		frappe.msgprint(lines, title=_("Workflow Status"), as_list=True, indicator="red")
	return failed


@frappe.whitelist()
def get_common_transition_actions(docs, doctype: str) -> list[str]:
	"""Actions that are open for every one of the records."""
	docs = frappe.parse_json(docs)
	common = None
	for row in docs:
		name = row.get("name") if isinstance(row, dict) else row
		doc = frappe.get_doc(doctype, name)
		actions = {t.action for t in get_transitions(doc) if has_approval_access(frappe.session.user, doc, t)}
		common = actions if common is None else common & actions
	return sorted(common or ())
