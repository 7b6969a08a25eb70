"""Outgoing mail is queued, not sent."""

import frappe


def queue_mail(recipients, sender, subject, message, **kwargs):
	"""A row in Email Queue; `content`, `template` with `args` as in real Frappe."""
	recipients = recipients if isinstance(recipients, list | tuple | set) else [recipients]
	if template := kwargs.get("template"):
		context = kwargs.get("args") or {}
		message = frappe.render_template(f"templates/emails/{template}.html", context)
	doc = frappe.get_doc(
		doctype="Email Queue",
		sender=sender,
		recipients=", ".join(filter(None, recipients)),
		cc=", ".join(kwargs.get("cc") or []),
		subject=subject,
		message=kwargs.get("content") or message,
		reference_doctype=kwargs.get("reference_doctype"),
		reference_name=kwargs.get("reference_name"),
	)
	return doc.insert(ignore_permissions=True)
