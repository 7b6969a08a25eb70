"""Notices to users."""

import frappe


def enqueue_create_notification(users, doc):
	"""A Notification Log row for each user except the one who acts."""
	doc = frappe._dict(frappe.parse_json(doc) if isinstance(doc, str) else doc)
	for user in frappe.utils.split_emails(users) if isinstance(users, str) else users:
		if user == frappe.session.user or not frappe.db.exists("User", {"name": user, "enabled": 1}):
			continue
		row = frappe.get_doc({**doc, "doctype": "Notification Log", "for_user": user})
		row.from_user = row.from_user or frappe.session.user
		row.insert(ignore_permissions=True)
