"""Notices in the desk's own box, about members."""

import frappe

from crm_app.roles import MANAGER


def notify(user: str, doctype: str, name: str, subject: str, content: str = "") -> None:
	frappe.get_doc(
		{
			"doctype": "Notification Log",
			"for_user": user,
			"type": "Alert",
			"document_type": doctype,
			"document_name": name,
			"subject": subject,
			"email_content": content,
		}
	).insert(ignore_permissions=True)  # written to somebody else's box


def managers() -> list[str]:
	"""Enabled users with the manager's role."""
	holders = frappe.get_all("Has Role", {"role": MANAGER, "parenttype": "User"}, pluck="parent")
	enabled = {"name": ["in", holders or [""]], "enabled": 1}
	return frappe.get_all("User", enabled, pluck="name", order_by="name asc")
