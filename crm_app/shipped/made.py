"""States, actions and roles that shipped workflows need; noted, so that an uninstall takes them back."""

import json

import frappe

from crm_app.roles import ROLES
from crm_app.shipped import memory
from crm_app.shipped.usage import in_use
from crm_app.workflows.changes import TABLES

NAMED_BY = {
	"Workflow State": "workflow_state_name",
	"Workflow Action Master": "workflow_action_name",
	"Role": "role_name",
}
KEY = "crm_app_made"


def ensure_linked(doctype: str, values: dict) -> None:
	"""Makes what the definition links to and the site lacks; `style` of a state row colours the new state."""
	for df in frappe.get_meta(doctype).fields:
		if df.fieldtype in TABLES:
			for row in values.get(df.fieldname) or []:
				ensure_linked(df.options, row)
		elif df.options in NAMED_BY and df.fieldtype == "Link" and values.get(df.fieldname):
			extra = {"style": values.get("style")} if df.options == "Workflow State" else {}
			ensure(df.options, values[df.fieldname], **extra)


def ensure(doctype: str, name: str, **values) -> None:
	if frappe.db.exists(doctype, name) or (doctype == "Role" and _is_deleted(name)):
		return
	doc = frappe.get_doc({"doctype": doctype, NAMED_BY[doctype]: name, **values})
	doc.insert(ignore_permissions=True)  # installation and migration have no user
	note(doctype, name)


def _is_deleted(role: str) -> bool:
	"""An administrator deleted it; a record that needs it then waits and says so."""
	known = memory.recall("Role", role)
	return bool(known) and known.state == memory.DELETED


def note(doctype: str, name: str) -> None:
	noted = made()
	if [doctype, name] not in noted:
		frappe.db.set_default(KEY, json.dumps([*noted, [doctype, name]], ensure_ascii=False))


def made() -> list[list[str]]:
	return noted_under(KEY)


def noted_under(key: str) -> list:
	"""Read past the cache of defaults, which stands still while Frappe installs an app."""
	stored = frappe.db.get_value("DefaultValue", {"parent": "__default", "defkey": key}, "defvalue")
	return json.loads(stored or "[]")


def unseed() -> None:
	"""Takes back what nobody else uses by now; runs after the workflows are gone."""
	for doctype, name in made():
		if name in ROLES:
			continue  # see crm_app.shipped.roles
		if frappe.db.exists(doctype, name) and not _used(doctype, name):
			frappe.delete_doc(doctype, name, ignore_permissions=True, force=True)
	frappe.db.set_default(KEY, None)


def _used(doctype: str, name: str) -> bool:
	"""Whether a row of another workflow names it, or rights do."""
	if doctype == "Role":
		return in_use(name)
	rows = {"Workflow Document State": ("state",), "Workflow Transition": ("state", "next_state", "action")}
	return any(
		frappe.db.exists(child, {fieldname: name})
		for child, fieldnames in rows.items()
		for fieldname in fieldnames
		if frappe.get_meta(child).get_field(fieldname).options == doctype
	)
