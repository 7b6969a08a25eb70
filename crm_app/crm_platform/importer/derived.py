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
}
OWN_END = {"Member Account"}  # the card ends it by itself, unless something was posted


def made_by_people(doctype: str, other: str) -> dict | None:
	"""Filters of the rows of `other` that hold a `doctype` fast; None where no row does."""
	return DERIVED.get(doctype, {}).get(other, {})


def forget(doctype: str, name: str) -> None:
	"""Before the record is deleted."""
	for other in DERIVED.get(doctype, {}).keys() - OWN_END:
		frappe.db.delete(other, {"customer": name})
