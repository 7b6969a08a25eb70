"""The states of a workflow and the records that are in them."""

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import cint

from crm_app.shipped import definitions


def prepare(doc, method=None) -> None:
	"""doc_events: Workflow.before_validate; Frappe fills the state field of existing records in validate."""
	if not definitions.is_ours(doc.document_type):
		return
	_check_state_field(doc)
	new_names = renamed(doc)
	for row in doc.transitions:
		row.state = new_names.get(row.state, row.state)
		row.next_state = new_names.get(row.next_state, row.next_state)


def check_records(doc) -> None:
	"""No record may be left in a state that the workflow does not have, or that means another docstatus."""
	new_names, rows = renamed(doc), {row.state: row for row in doc.states}
	for (state, docstatus), number in _records_by_state(doc).items():
		row = rows.get(new_names.get(state, state))
		if not row:
			text = _("{0} records are in state {1}, which the workflow would not have any more. {2}")
			help_text = _("Rename it in its row, and they move along; or move them on before you remove it.")
			_refuse(text.format(number, _(state), help_text))
		if cint(row.doc_status) != docstatus and _docstatus_changed(doc, row):
			text = _("{0} records are in state {1}: its Doc Status cannot change under them.")
			_refuse(text.format(number, _(state)))


def move_records(doc, method=None) -> None:
	"""doc_events: Workflow.on_update"""
	if not cint(doc.is_active) or not definitions.is_ours(doc.document_type):
		return
	for old, new in renamed(doc).items():
		number = frappe.db.count(doc.document_type, {doc.workflow_state_field: old})
		if not number:
			continue
		# Nobody edited them: what others have open stays as new as it was.
		frappe.db.set_value(
			doc.document_type,
			{doc.workflow_state_field: old},
			doc.workflow_state_field,
			new,
			update_modified=False,
		)
		_move_requests(doc.document_type, old, new)
		text = _("{0} records moved from state {1} to {2}.")
		frappe.msgprint(text.format(number, _(old), _(new)), alert=True)


def renamed(doc) -> dict[str, str]:
	"""{old: new} of states whose rows were given a new name; a name that was there before means itself."""
	before = doc.get_doc_before_save()
	if not before or before.document_type != doc.document_type:
		return {}
	old_names, now = {row.name: row.state for row in before.states}, {row.state for row in doc.states}
	known = set(old_names.values())
	found: dict[str, set] = {}
	for row in doc.states:
		old = old_names.get(row.name)
		if old and old not in now:
			found.setdefault(old, set()).add(row.state)
	return {old: next(iter(new)) for old, new in found.items() if len(new) == 1 and not new & known}


def _check_state_field(doc) -> None:
	shipped = definitions.workflow_for(doc.document_type)
	df = frappe.get_meta(doc.document_type).get_field(doc.workflow_state_field)
	own = not df or (df.fieldtype, df.options) == ("Link", "Workflow State")
	if shipped and doc.workflow_state_field != shipped["workflow_state_field"]:
		_refuse_field(doc, shipped["workflow_state_field"])
	if not own:
		_refuse_field(doc, "workflow_state")


def _refuse_field(doc, right: str) -> None:
	text = _("Workflow State Field: {0} does not hold the state of {1}. Enter {2}.")
	_refuse(text.format(doc.workflow_state_field, _(doc.document_type), right))


def _records_by_state(doc) -> dict[tuple[str, int], int]:
	if not frappe.get_meta(doc.document_type).has_field(doc.workflow_state_field):
		return {}
	table = frappe.qb.DocType(doc.document_type)
	state = table[doc.workflow_state_field]
	query = frappe.qb.from_(table).select(state, table.docstatus, Count("*")).groupby(state, table.docstatus)
	return {(name, cint(docstatus)): number for name, docstatus, number in query.run() if name}


def _docstatus_changed(doc, row) -> bool:
	before = doc.get_doc_before_save()
	old = next((r for r in (before.states if before else ()) if r.name == row.name), None)
	return bool(old) and cint(old.doc_status) != cint(row.doc_status)


def _move_requests(doctype: str, old: str, new: str) -> None:
	"""What Frappe asks approvers for by e-mail names the state as well."""
	if frappe.db.exists("DocType", "Workflow Action"):
		names = {"reference_doctype": doctype, "workflow_state": old}
		frappe.db.set_value("Workflow Action", names, "workflow_state", new, update_modified=False)


def _refuse(message: str) -> None:
	frappe.throw(message, title=_("Workflow"))
