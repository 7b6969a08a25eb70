"""Own fields whose name a later version ships: shown as waiting, or a form would show the field twice."""

import frappe
from frappe import _

from crm_app.shipped import definitions, memory
from crm_app.shipped.telling import say

KIND = "Custom Field"
SHOWN = ("label", "fieldtype", "options")


def seed() -> None:
	found = {}
	for definition in definitions.doctypes():
		for df in definition["fields"]:
			found[f"{definition['name']}.{df['fieldname']}"] = df
	own = {f"{row.dt}.{row.fieldname}": row for row in _own_fields()}
	for name in own.keys() & found.keys():
		text = _("Your own field has the name of a shipped one. Take Shipped drops yours; its values stay.")
		memory.waits(KIND, name, _shown(own[name]), _shown(found[name]), text)
	memory.forget_others(KIND, own.keys() & found.keys())
	say(dict.fromkeys(sorted(own.keys() & found.keys()), "kept"))


def unseed() -> None:
	memory.forget(KIND)


def current(name: str) -> dict | None:
	found = _named(name)
	return _shown(found) if found else None


def take(name: str, only: list[str] | None = None) -> None:
	if only is not None:
		frappe.throw(_("Use Take Shipped: your own field gives way to the shipped one as a whole."))
	if found := _named(name):
		frappe.delete_doc(KIND, found.name, force=True)


def _named(name: str):
	return next((row for row in _own_fields() if f"{row.dt}.{row.fieldname}" == name), None)


def _own_fields() -> list:
	ours = definitions.doctype_names()
	return frappe.get_all(
		KIND, filters={"dt": ["in", ours]}, fields=["name", "dt", "fieldname", *SHOWN], limit_page_length=0
	)


def _shown(df) -> dict:
	return {key: df.get(key) or "" for key in SHOWN}
