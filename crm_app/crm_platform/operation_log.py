"""Who did what, when, from where: exports, imports, rights, approvals, reveals; written once."""

import frappe
from frappe import _

KINDS = ("Import", "Undo of Import", "Export", "Permission Change", "Approval", "Reveal")


def log(kind: str, document: str | None, what: str, doctype: str = "CRM Import") -> None:
	"""Add a line. It goes with the transaction: what is rolled back was not done."""
	frappe.get_doc(
		{
			"doctype": "CRM Operation Log",
			"kind": kind,
			"user": frappe.session.user,
			"document_type": doctype,
			"document": str(document or "")[:140],
			"what": what[:1000],
			"ip_address": getattr(frappe.local, "request_ip", None) or "",
		}
	).insert(ignore_permissions=True)  # nobody may write the log by hand


def roles_changed(doc, method: str | None = None) -> None:
	"""User: who has which role, and who may log in."""
	before = doc.get_doc_before_save()
	now, then = _roles(doc), _roles(before)
	parts = [_("+ {0}").format(_(role)) for role in sorted(now - then)]
	parts += [_("− {0}").format(_(role)) for role in sorted(then - now)]
	if before and before.enabled != doc.enabled:
		parts.append(_("Enabled") if doc.enabled else _("Disabled"))
	if parts:
		log("Permission Change", doc.name, ", ".join(parts), "User")


def _roles(user) -> set[str]:
	return {row.role for row in user.roles} if user else set()


def rule_changed(doc, method: str | None = None) -> None:
	"""Custom DocPerm, User Permission, DocShare: a right for somebody came, changed or went."""
	if frappe.flags.in_migrate or frappe.flags.in_install:
		return
	said = _("changed") if doc.get_doc_before_save() else _("added")
	said = _("removed") if method == "on_trash" else said
	about = [doc.get(name) for name in ("parent", "role", "user", "allow", "for_value", "share_doctype")]
	rights = [name for name in ("read", "write", "create", "delete", "submit", "export") if doc.get(name)]
	level = f"permlevel {doc.permlevel}" if doc.get("permlevel") else ""
	shown = ", ".join(str(part) for part in (*about, level, *rights) if part)
	log("Permission Change", doc.name, f"{said}: {shown}", doc.doctype)


def decided(doc, method: str | None = None) -> None:
	"""Comment: a workflow action leaves one of its own kind."""
	if doc.comment_type == "Workflow" and doc.reference_doctype:
		log("Approval", doc.reference_name, doc.content or "", doc.reference_doctype)


def exported(doctype: str, file_type: str, report: str | None = None) -> None:
	"""A list or a report left as a file."""
	log("Export", report or doctype, file_type, "Report" if report else doctype)
	frappe.db.commit()  # an export may be a GET, which is rolled back; nothing else is written in it
