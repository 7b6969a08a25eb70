"""What the app itself keeps about a record: no reason against an undo, and gone with the record."""

import frappe

# Record -> {what is kept about it: the rows among it that people made, None where there are none}
DERIVED = {
	"CRM Customer": {
		"Customer Score": None,
		"Customer Score History": None,
		"Customer Segment Member": {"added_by_rule": "Hand"},
	},
	"Member Card": {"Member Account": None},
	"Membership Fee": {"ToDo": {"assigned_by": ["is", "set"]}},  # a job's reminders are nobody's
}
OWN_END = {"Member Account", "ToDo"}  # the card ends its account itself, unless something was posted


def made_by_people(doctype: str, other: str) -> dict | None:
	"""Filters of the rows of `other` that hold a `doctype` fast; None where no row does."""
	return DERIVED.get(doctype, {}).get(other, {})


def forget(doctype: str, name: str) -> None:
	"""Before the record is deleted."""
	for other in DERIVED.get(doctype, {}).keys() - OWN_END:
		frappe.db.delete(other, {"customer": name})
