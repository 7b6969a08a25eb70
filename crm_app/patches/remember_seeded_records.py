"""What earlier versions noted as names in the defaults becomes the memory of shipped records."""

import frappe

from crm_app.shipped import definitions, memory

PREFIX = "crm_app_seeded_"


def execute() -> None:
	doctypes = {frappe.scrub(name): name for name in frappe.get_all("DocType", pluck="name")}
	rows = frappe.get_all(
		"DefaultValue",
		filters={"parent": "__default", "defkey": ["like", f"{PREFIX}%"]},
		fields=["defkey", "defvalue"],
	)
	for row in rows:
		doctype = doctypes.get(row.defkey.removeprefix(PREFIX))
		for name in filter(None, (row.defvalue or "").split("\n") if doctype else ()):
			_remember(doctype, name)
	frappe.db.delete("DefaultValue", {"parent": "__default", "defkey": ["like", f"{PREFIX}%"]})
	_open_for_edits()


def _remember(doctype: str, name: str) -> None:
	if not memory.recall(doctype, name):
		values = {"ref_doctype": doctype, "ref_name": name, "state": memory.AS_SHIPPED}
		frappe.get_doc({"doctype": memory.MEMORY, **values}).insert(ignore_permissions=True)  # migration


def _open_for_edits() -> None:
	"""Frappe refuses edits of standard charts."""
	for definition in definitions.desk_records():
		if definition["doctype"] != "Workspace" and frappe.db.exists(
			definition["doctype"], definition["name"]
		):
			frappe.db.set_value(definition["doctype"], definition["name"], "is_standard", 0)
