"""What the desk asks Frappe's workflow engine, with a reason where a condition cannot be evaluated.

Frappe lets the error of such a condition through as it is. These stand in for its calls by
override_whitelisted_methods. What Frappe calls inside itself stays: an approval of many records in one go
tells the bare error, for that record only.
"""

import frappe
from frappe.model import workflow as engine

from crm_app.workflows.flow import explained


@frappe.whitelist()
def get_transitions(doc, workflow=None, raise_exception: bool = False):
	"""Permission is checked by the engine."""
	return explained([doc], engine.get_transitions, doc, workflow, raise_exception)


@frappe.whitelist()
def apply_workflow(doc, action: str):
	"""Permission is checked by the engine."""
	return explained([doc], engine.apply_workflow, doc, action)


@frappe.whitelist()
def get_common_transition_actions(docs, doctype: str):
	"""Permission is checked by the engine."""
	names = [row.get("name") if isinstance(row, dict) else row for row in frappe.parse_json(docs)]
	rows = [{"doctype": doctype, "name": name} for name in names]
	return explained(rows, engine.get_common_transition_actions, docs, doctype)
