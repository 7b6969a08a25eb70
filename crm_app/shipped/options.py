"""Choices of fields that an administrator listed anew: what a later version adds is added there, too.

A list of one's own (`Property Setter`) hides the shipped one, so a choice that the app brings could not be
written. Choices that no rule reads may be taken away; they are remembered, and a removed one stays removed.
"""

import frappe

from crm_app.customising.defaults import choices
from crm_app.customising.fields import FREE
from crm_app.shipped import definitions, memory
from crm_app.shipped.domain.three_way import merge

KIND = memory.OPTIONS


def seed() -> None:
	for definition in definitions.doctypes():
		sync(definition)


def unseed() -> None:
	memory.forget(KIND)


def sync(definition: dict) -> None:
	name, fields = definition["name"], _listed(definition)
	if not fields:
		memory.forget(KIND, name)
		return
	new, now, base = rules(fields), _current(name, fields), memory.base(KIND, name)
	merged, conflicts = merge(now, new if base is None else base, new)
	merged |= {key: option for key, option in new.items() if (name, _fieldname(key)) not in FREE}
	if not _try_to_write(definition, now, merged):
		merged, conflicts = now, [key for key in merged if key not in now]
	memory.merged(KIND, name, merged, new, conflicts)


def current(doctype: str) -> dict:
	return _current(doctype, _listed(definitions.doctype(doctype)))


def take(doctype: str, only: list[str] | None = None) -> None:
	"""The shipped lists as a whole, by dropping the own ones, or some choices of them."""
	definition = definitions.doctype(doctype)
	fields = _listed(definition)
	if only is None:
		for df in fields:
			for name in _setters(doctype, df["fieldname"]):
				frappe.delete_doc("Property Setter", name, force=True)
		frappe.clear_cache(doctype=doctype)
		return
	new, now = rules(fields), _current(doctype, fields)
	wanted = {key: option for key, option in now.items() if key not in only or key in new}
	_write(definition, now, wanted | {key: new[key] for key in only if key in new})


def rules(fields: list[dict]) -> dict[str, str]:
	"""{"severity: High": "High"}"""
	return {f"{df['fieldname']}: {option}": option for df in fields for option in choices(df.get("options"))}


def _fieldname(key: str) -> str:
	return key.partition(": ")[0]


def _listed(definition: dict) -> list[dict]:
	"""The shipped fields whose choices an administrator listed anew, or may shorten."""
	name = definition["name"]
	own = {*frappe.get_all("Property Setter", {"doc_type": name, "property": "options"}, pluck="field_name")}
	return [
		df
		for df in definition["fields"]
		if df["fieldtype"] == "Select"
		and df["fieldname"] != "naming_series"
		and (df["fieldname"] in own or (name, df["fieldname"]) in FREE)
	]


def _current(doctype: str, fields: list[dict]) -> dict[str, str]:
	return rules([{**df, "options": _value(doctype, df)} for df in fields])


def _value(doctype: str, df: dict) -> str:
	setters = _setters(doctype, df["fieldname"])
	return frappe.db.get_value("Property Setter", setters[0], "value") if setters else df.get("options")


def _setters(doctype: str, fieldname: str) -> list[str]:
	mark = {"doc_type": doctype, "field_name": fieldname, "property": "options"}
	return frappe.get_all("Property Setter", filters=mark, pluck="name")


def _try_to_write(definition: dict, now: dict, wanted: dict) -> bool:
	"""False: another property of the field forbids it; then it waits."""
	frappe.db.savepoint("shipped_options")
	try:
		_write(definition, now, wanted)
	except frappe.ValidationError:
		frappe.db.rollback(save_point="shipped_options")
		frappe.clear_messages()
		return False
	return True


def _write(definition: dict, now: dict, wanted: dict) -> None:
	doctype = definition["name"]
	for df in definition["fields"]:
		before, after = (
			[option for key, option in side.items() if _fieldname(key) == df["fieldname"]]
			for side in (now, wanted)
		)
		if set(before) != set(after):
			for setter in _setters(doctype, df["fieldname"]):
				doc = frappe.get_doc("Property Setter", setter)
				doc.value = "\n".join(_lines(doc.value, set(after), choices(df["options"])))
				doc.save(ignore_permissions=True)  # migration has no user
			frappe.clear_cache(doctype=doctype)


def _lines(value: str, wanted: set[str], shipped: list[str]) -> list[str]:
	"""The own order; what is added stands behind the choice that it stands behind as shipped."""
	lines = [line for line in (value or "").split("\n") if not line.strip() or line.strip() in wanted]
	for at, option in enumerate(shipped):
		if option in wanted and option not in map(str.strip, lines):
			before = [lines.index(one) for one in shipped[:at] if one in lines]
			lines.insert(max(before) + 1 if before else len(lines), option)
	return lines
