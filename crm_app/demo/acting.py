"""Doing things as the people of the demo, through the rules that hold for everybody."""

from contextlib import contextmanager

import frappe
from frappe.model.workflow import apply_workflow


@contextmanager
def acting_as(user: str):
	before = frappe.session.user
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user(before)


def move(doc, *steps: tuple[str, str]):
	"""Workflow steps as (user, action), one after the other; the document as it is then."""
	for user, action in steps:
		with acting_as(user):
			doc = apply_workflow(frappe.get_doc(doc.doctype, doc.name), action)
	frappe.clear_messages()
	return frappe.get_doc(doc.doctype, doc.name)


def pick(rng, pairs):
	"""A value of (…, weight) tuples; the tuple without its weight."""
	chosen = rng.choices(pairs, weights=[pair[-1] for pair in pairs])[0]
	return chosen[:-1]
