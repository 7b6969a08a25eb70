"""Factories for complaints and service levels."""

import frappe
from crm_testing.customers import make_customer

READY = {
	"Classified": {"category": "Delivery"},
	"Investigating": {"assigned_to": "Administrator"},
	"Resolved": {
		"cause": "Late Delivery",
		"resolution": "<p>Sent again by courier.</p>",
		"corrective_action": "Second parcel",
	},
	"Archived": {"satisfaction": 4},
}
WAY = (("Classify", "Classified"), ("Investigate", "Investigating"), ("Resolve", "Resolved"),
	("Ask Feedback", "Feedback"), ("Archive", "Archived"))  # fmt: skip


def make_complaint(**values):
	values.setdefault("customer", None)
	values["customer"] = values["customer"] or make_customer().name
	return frappe.get_doc(
		{
			"doctype": "Complaint",
			"subject": "Parcel did not come",
			"received_on": frappe.utils.now_datetime(),
			"severity": "Medium",
			**values,
		}
	).insert()


def move(complaint, action: str):
	"""The complaint after the workflow action, as the current user."""
	from frappe.model.workflow import apply_workflow

	return apply_workflow(complaint, action)


def bring_to(complaint, stage: str):
	"""Takes the complaint along the main road to `stage`, filling in what each stage needs."""
	for action, reached in WAY:
		complaint.update({k: v for k, v in READY.get(reached, {}).items() if not complaint.get(k)})
		complaint.save()
		complaint = move(complaint, action)
		if reached == stage:
			return complaint
	raise ValueError(stage)


def make_calendar(name: str = "Test Calendar", days="Monday Tuesday Wednesday Thursday Friday", **values):
	hours = [{"weekday": day, "start_time": "09:00:00", "end_time": "17:00:00"} for day in days.split()]
	return frappe.get_doc(
		{"doctype": "Working Calendar", "calendar_name": name, "hours": hours, **values}
	).insert()


def make_service_level(name: str = "Test Level", **values):
	return frappe.get_doc(
		{
			"doctype": "Service Level",
			"service_level_name": name,
			"first_response_hours": 4,
			"resolution_hours": 16,
			**values,
		}
	).insert()
