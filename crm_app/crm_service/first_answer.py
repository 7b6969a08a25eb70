"""An outgoing interaction about a complaint is its first answer."""

import frappe
from frappe import _
from frappe.utils import get_datetime, now_datetime

from crm_app.workflows.guard import save_as_system


def from_interaction(doc, method=None) -> None:
	if doc.reference_doctype != "Complaint" or doc.direction != "Outgoing" or not doc.reference_name:
		return
	complaint = frappe.get_doc("Complaint", doc.reference_name)
	if complaint.first_responded_on or complaint.resolved_on or not complaint.has_permission("read"):
		return
	answered = max(get_datetime(doc.occurred_on), get_datetime(complaint.received_on))
	complaint.first_responded_on = min(answered, now_datetime())
	save_as_system(complaint, _("First answer by interaction {0}").format(doc.name))
