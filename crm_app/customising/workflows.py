"""The check of every workflow for one of the app's DocTypes, shipped or an administrator's own."""

import frappe
from frappe import _
from frappe.utils import cint

from crm_app.customising.domain.workflow_rules import Needs, State, Step, check_workflow, needs_of
from crm_app.customising.states import check_records
from crm_app.customising.trial import try_conditions
from crm_app.shipped import definitions
from crm_app.shipped.definitions import is_ours
from crm_app.utils.telling import telling

# Reports, jobs and figures count on these besides the submitted categories.
NEEDED = {"Complaint": ("Resolved", "Archived"), "CRM Campaign": ("Approved", "Running", "Finished")}


def check(doc, method=None) -> None:
	"""doc_events: Workflow.validate"""
	if not cint(doc.is_active) or not is_ours(doc.document_type):
		return
	meta, needs = frappe.get_meta(doc.document_type), needs_for(doc.document_type)
	_fill_update_field(doc, needs)
	with telling(_("Workflow")):
		try_conditions(doc.transitions, meta)
		check_workflow(_states(doc.states), _steps(doc), bool(meta.is_submittable), needs)
	check_records(doc)
	_point_out_missing_rights(doc, meta)


def needs_for(doctype: str) -> Needs | None:
	"""None where the app ships no workflow: then nothing hangs on its categories."""
	shipped = definitions.workflow_for(doctype)
	if not shipped:
		return None
	states = _states(map(frappe._dict, shipped["states"]))
	steps = _steps(frappe._dict(shipped, transitions=map(frappe._dict, shipped["transitions"])))
	df = frappe.get_meta(doctype).get_field(states[0].update_field)
	return needs_of(states, steps, NEEDED.get(doctype, ()), tuple(filter(None, df.options.split("\n"))))


def _fill_update_field(doc, needs: Needs | None) -> None:
	for row in doc.states if needs else ():
		if row.update_value and not row.update_field:
			row.update_field = needs.field


def _states(rows) -> list[State]:
	return [State(r.state, cint(r.doc_status), r.update_field or "", r.update_value or "") for r in rows]


def _steps(doc) -> list[Step]:
	return [
		Step(row.state, row.action, row.next_state, row.allowed, row.condition or "")
		for row in doc.transitions
	]


def _point_out_missing_rights(doc, meta) -> None:
	"""A role that a step is given to needs the right to write, and to submit where the step submits."""
	docstatus = {row.state: cint(row.doc_status) for row in doc.states}
	missing = {}
	for row in doc.transitions:
		before, after = docstatus.get(row.state), docstatus.get(row.next_state)
		right = {(0, 1): "submit", (1, 2): "cancel"}.get((before, after), "write")
		if not any(rule.role == row.allowed and rule.get(right) for rule in meta.permissions):
			missing[row.allowed, right] = row.action
	for (role, right), action in missing.items():
		text = _("{0} is given to {1}, who has no right to {2} {3}. Give it under the rights of that form.")
		frappe.msgprint(text.format(_(action), _(role), _(right.title()), _(meta.name)), alert=True)
