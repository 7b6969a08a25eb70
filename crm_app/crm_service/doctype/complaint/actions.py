"""Buttons of the complaint form; each saves the stored document as the user and returns it."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from crm_app.utils.actions import stored


@frappe.whitelist()
def record_first_answer(doc: str | dict):
	"""The customer has been answered now."""
	complaint = stored(doc, "Complaint")
	if complaint.first_responded_on:
		frappe.throw(_("The first answer is already recorded."))
	complaint.first_responded_on = now_datetime()
	return complaint.save()


@frappe.whitelist()
def take_over(doc: str | dict):
	"""The user becomes the person in charge."""
	complaint = stored(doc, "Complaint")
	complaint.assigned_to = frappe.session.user
	return complaint.save()


@frappe.whitelist()
def refresh_deadlines(doc: str | dict):
	"""Computes deadlines and state anew, for example after holidays were added to the calendar."""
	return stored(doc, "Complaint").save()
