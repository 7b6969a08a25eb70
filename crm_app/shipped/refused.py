"""Own properties of fields that a later version could no longer accept: shown as waiting, with the reason."""

import frappe
from frappe.utils import strip_html

from crm_app.customising.fields import check_property
from crm_app.shipped import definitions, memory
from crm_app.shipped.telling import say

KIND = "Property Setter"
NAME = "{doc_type}.{field_name}.{property}"


def seed() -> None:
	found = {NAME.format(**setter.as_dict()): setter for setter in _setters() if setter.field_name}
	reasons = {name: reason for name, setter in found.items() if (reason := _reason(setter))}
	for name, reason in reasons.items():
		memory.waits(KIND, name, _shown(found[name].value), _shown(_shipped(found[name])), reason)
	memory.forget_others(KIND, reasons)
	say(dict.fromkeys(sorted(reasons), "kept"))


def unseed() -> None:
	memory.forget(KIND)


def current(name: str) -> dict | None:
	found = _named(name)
	return _shown(found[0].value) if found else None


def take(name: str, only: list[str] | None = None) -> None:
	for setter in _named(name):
		frappe.delete_doc(KIND, setter.name, force=True)
		frappe.clear_cache(doctype=setter.doc_type)


def _reason(setter) -> str:
	"""Why it would be refused today; empty: it would not."""
	try:
		check_property(setter)
	except frappe.ValidationError as error:
		frappe.clear_messages()
		return strip_html(str(error))[:500]
	return ""


def _named(name: str) -> list:
	return [setter for setter in _setters() if NAME.format(**setter.as_dict()) == name]


def _setters() -> list:
	ours = definitions.doctype_names()
	names = frappe.get_all(KIND, {"doc_type": ["in", ours]}, pluck="name", limit_page_length=0)
	return [frappe.get_doc(KIND, name) for name in names]


def _shipped(setter):
	fields = definitions.doctype(setter.doc_type)["fields"]
	field = next((df for df in fields if df["fieldname"] == setter.field_name), {})
	return field.get(setter.property)


def _shown(value) -> dict:
	return {"value": str(value or "")}
