"""What `migrate` prints about records that it left alone."""

import frappe
from frappe import _


def say(outcomes: dict[str, str]) -> None:
	for name, outcome in outcomes.items():
		if outcome in ("kept", "deleted"):
			print(_sentence(outcome).format(name))


def _sentence(outcome: str) -> str:
	"""In the site's language: `migrate` has no reader."""
	language = frappe.db.get_default("lang") or None
	if outcome == "deleted":
		return _("{0} stays deleted, as the administrator left it; compare in CRM Shipped Default.", language)
	return _("{0} stays as the administrator left it; compare in CRM Shipped Default.", language)
