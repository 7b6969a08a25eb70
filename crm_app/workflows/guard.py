"""What the desk only shows, enforced on the server: the mixin of every DocType that has a workflow.

	class Complaint(WorkflowGuard, Document):
		workflow_requesters = ("employee",)

`workflow_requesters` names the fields (Link to User or CRM Employee) that, besides the owner, say whose
record it is. The guard reads whatever workflow is active, so renamed states, added stages and other roles
need no code. It needs no `super()` calls: it opens before the first controller method of a save and closes
after the last one.

- A record is created in the first state. A state is left only by a transition whose role the user has, whose
  condition holds for the NEW values, and that is not the user's own (unless `allow_self_approval`).
- The state decides the docstatus: a bare submit or cancel that does not move the state along is refused.
- Only `allow_edit` roles of the OLD state may change other fields; a transition alone needs no such role.
  What controllers derive during the save is no edit.
- A state's `update_field` follows the state; a value set by hand is taken back. A state without one keeps it.
- The owner of a record cannot be changed.
- Where no workflow is active, `status_by_docstatus` (optional) keeps `status_category` true.

System jobs move records with `move_as_system(doc, action, reason)` or `move_to_value(doc, value, reason)` and
change fields with `save_as_system(doc, reason)`: no role is asked for; legality, docstatus and conditions
still are. Administrator has every role and may approve what is theirs, as in Frappe.
"""

import frappe
from frappe import _
from frappe.model.workflow import WorkflowTransitionError

from crm_app.customising.mandatory import forgive_custom
from crm_app.workflows.changes import changed_labels
from crm_app.workflows.flow import Flow, explained

OPENING = ("before_validate", "before_update_after_submit", "before_cancel")
CLOSING = ("before_save", "before_submit", "before_update_after_submit", "before_cancel")


class WorkflowGuard:
	workflow_requesters: tuple[str, ...] = ()
	status_by_docstatus: dict[int, str] = {}

	def run_method(self, method, *args, **kwargs):
		if method in OPENING:
			_open(self)
		out = super().run_method(method, *args, **kwargs)
		if method in CLOSING:
			_close(self)
		return out

	def validate_workflow(self):
		"""Frappe asks for the user's roles here; a rule that moves a record has none."""
		if not self.flags.workflow_system:
			explained([self], super().validate_workflow)


def move_as_system(doc, action: str, reason: str):
	"""Applies a workflow action as the system and notes `reason` on the timeline; returns the document."""
	flow = Flow.of(doc.doctype)
	step = flow.step_by_action(doc, action)
	if not step:
		_refuse_move(_("{0} is no action of {1} now.").format(_(action), doc.name))
	return _take(doc, flow, step, reason)


def move_to_value(doc, value: str, reason: str) -> bool:
	"""The same by the value that the next state sets (its category), as names of actions may change.

	False when no workflow is active or no step leads there.
	"""
	flow = Flow.of(doc.doctype)
	step = flow and flow.step_by_value(doc, value)
	if step:
		_take(doc, flow, step, reason)
	return bool(step)


def save_as_system(doc, reason: str):
	"""Saves field changes of a background rule whatever the state; `reason` goes to the timeline."""
	return _as_system(doc, doc.save, reason)


def _take(doc, flow, step, reason: str):
	before, after = int(doc.docstatus), flow.docstatus(step.next_state)
	doc.set(flow.field, step.next_state)
	write = {(0, 1): doc.submit, (1, 2): doc.cancel}.get((before, after), doc.save)
	return _as_system(doc, write, reason)


def _as_system(doc, write, reason: str):
	flags, ignored = doc.flags, doc.flags.ignore_permissions
	flags.workflow_system = flags.ignore_permissions = True  # a rule acts, not the user
	try:
		write()
	finally:
		flags.workflow_system, flags.ignore_permissions = False, ignored
	doc.add_comment("Info", reason)
	return doc


def _open(doc) -> None:
	flow, old = Flow.of(doc.doctype), doc.get_doc_before_save()
	if not flow:
		return
	if old:
		doc.owner = old.owner
		_check_edit(doc, old, flow)
		_forgive_what_this_user_cannot_fill(doc, old, flow)
	elif not doc.get(flow.field):
		doc.set(flow.field, flow.first)
	flow.follow(doc, old)


def _forgive_what_this_user_cannot_fill(doc, old, flow) -> None:
	if doc.flags.workflow_system or not flow.editors(flow.state(old)) & set(frappe.get_roles()):
		forgive_custom(doc)


def _close(doc) -> None:
	flow, old = Flow.of(doc.doctype), doc.get_doc_before_save()
	if not flow:
		_follow_docstatus(doc)
		return
	_check_docstatus(doc, flow)
	before, after = flow.state(old), doc.get(flow.field)
	if before != after:
		_check_move(doc, old, flow, before, after)
	flow.follow(doc, old)


def _follow_docstatus(doc) -> None:
	category, old = doc.status_by_docstatus.get(int(doc.docstatus)), doc.get_doc_before_save()
	if category:
		same = old and int(old.docstatus) == int(doc.docstatus)
		doc.status_category = old.status_category if same else category


def _check_edit(doc, old, flow) -> None:
	if doc.flags.workflow_system or flow.editors(flow.state(old)) & set(frappe.get_roles()):
		return
	labels = changed_labels(doc, old, ignore=flow.fields)
	if labels:
		frappe.throw(
			_("You may not change {0} while {1} is in state {2}.").format(
				", ".join(labels[:3]), doc.name, _(flow.state(old))
			),
			frappe.PermissionError,
			title=_("Not Editable Now"),
		)


def _check_docstatus(doc, flow) -> None:
	state = doc.get(flow.field)
	wanted = flow.docstatus(state)
	if wanted == int(doc.docstatus):
		return
	verb = {1: _("submitted"), 2: _("cancelled")}.get(int(doc.docstatus), _("saved as a draft"))
	frappe.throw(
		_("{0} cannot be {1} in state {2}. Use the actions of the workflow.").format(
			doc.name, verb, _(state)
		),
		WorkflowTransitionError,
		title=_("Approval Needed"),
	)


def _check_move(doc, old, flow, before: str, after: str) -> None:
	if not old:
		_refuse_move(_("A new record starts in state {0}.").format(_(flow.first)))
	steps = flow.steps(before, after)
	if not steps:
		_refuse_move(_("The workflow has no step from {0} to {1}.").format(_(before), _(after)))
	system, roles = doc.flags.workflow_system, set(frappe.get_roles())
	allowed = [step for step in steps if system or step.allowed in roles]
	if not allowed:
		frappe.throw(
			_("The step from {0} to {1} needs the role {2}.").format(
				_(before), _(after), ", ".join(sorted({_(step.allowed) for step in steps}))
			),
			frappe.PermissionError,
		)
	holding = [step for step in allowed if flow.holds(step, doc)]
	if not holding:
		_refuse_move(_("The conditions for moving from {0} to {1} are not met.").format(_(before), _(after)))
	if not system and not any(step.allow_self_approval for step in holding):
		_check_not_own(doc, old)


def _refuse_move(message: str) -> None:
	frappe.throw(message, WorkflowTransitionError, title=_("Step Not Allowed"))


def _check_not_own(doc, old) -> None:
	user = frappe.session.user
	if user != "Administrator" and user in requesters(doc, old):
		frappe.throw(
			_("Nobody approves their own record. Somebody else has to decide on {0}.").format(doc.name),
			frappe.PermissionError,
			title=_("Own Record"),
		)


def requesters(doc, old=None) -> set[str]:
	"""The users whose record this is: owner and `workflow_requesters`, before and after the save."""
	users = {doc.owner}
	for version in filter(None, (doc, old)):
		for fieldname in doc.workflow_requesters:
			users.add(_user_of(doc.meta.get_field(fieldname).options, version.get(fieldname)))
	return users - {None, ""}


def _user_of(doctype: str, name: str | None) -> str | None:
	if doctype == "CRM Employee" and name:
		return frappe.db.get_value("CRM Employee", name, "user")
	return name
