"""Complaints in every stage, moved there by the people whose work it is."""

from datetime import timedelta

import frappe
from frappe.utils import now_datetime

from crm_app.demo import people, words
from crm_app.demo.acting import acting_as, move
from crm_app.demo.customers import SYSTEM

AGENT, BOSS = people.SERVICE, people.MANAGER

# stage → how often, and the way there as (user, action)
CLASSIFIED = ((AGENT, "Classify"),)
INVESTIGATING = (*CLASSIFIED, (AGENT, "Investigate"))
RESOLVED = (*INVESTIGATING, (AGENT, "Resolve"))
WAYS = (
	("Received", 4, ()),
	("Classified", 3, CLASSIFIED),
	("Escalated", 2, (*CLASSIFIED, (AGENT, "Escalate"))),
	("Investigating", 4, INVESTIGATING),
	("On Hold", 2, (*INVESTIGATING, (AGENT, "Put on Hold"))),
	("Compensation", 2, (*INVESTIGATING, (AGENT, "Request Compensation"))),
	(
		"Compensation Approved",
		2,
		(*INVESTIGATING, (AGENT, "Request Compensation"), (BOSS, "Approve Compensation")),
	),
	("Resolved", 4, RESOLVED),
	("Feedback", 2, (*RESOLVED, (AGENT, "Ask Feedback"))),
	("Archived", 8, (*RESOLVED, (AGENT, "Ask Feedback"), (AGENT, "Archive"))),
)
# What each action needs to be filled in before it.
NEEDS = {
	"Investigate": {"assigned_to": AGENT},
	"Put on Hold": {"hold_reason": "Waiting for the carrier's report"},
	"Request Compensation": {"compensation_type": "Refund", "compensation_amount": 580},
	"Resolve": {
		"resolution": "<p>Apologised and sent a replacement.</p>",
		"corrective_action": "Replacement sent",
	},
	"Archive": {"satisfaction": 4, "preventive_action": "Packing instruction changed"},
}


def install_complaints(rng) -> None:
	customers = frappe.get_all(
		"CRM Customer", filters={"source_system": SYSTEM}, pluck="name", order_by="name asc"
	)
	for stage, times, way in WAYS:
		for _time in range(times):
			bring(rng, receive(rng, rng.choice(customers), finished=stage in ("Feedback", "Archived")), way)


def receive(rng, customer: str, finished: bool):
	subject, cause, category, severity = rng.choice(words.COMPLAINTS)
	hours = rng.randint(2, 30) if finished else rng.randint(2, 200)
	with acting_as(AGENT):
		return frappe.get_doc(
			{
				"doctype": "Complaint",
				"subject": subject,
				"customer": customer,
				"received_on": now_datetime() - timedelta(hours=hours),
				"channel": rng.choice(["Phone", "WeChat", "Store", "E-mail"]),
				"store": rng.choice(words.STORES)[0],
				"severity": severity,
				"category": category,
				"cause": cause,
				"description": f"<p>{subject}.</p>",
			}
		).insert()


def bring(rng, complaint, way) -> None:
	for user, action in way:
		if needed := NEEDS.get(action):
			with acting_as(user):
				complaint.update(needed)
				if action == "Archive":
					complaint.satisfaction = rng.choice([2, 3, 4, 4, 5])
				complaint.save()
		complaint = move(complaint, (user, action))
