"""The host's own DocTypes, in a short notation: `fieldname|fieldtype|options or label|flags`."""

import json
from pathlib import Path

import frappe

SOURCE = Path(__file__).with_name("doctypes.json")
LETTERS = {"r": "read", "s": "select", "w": "write", "c": "create", "d": "delete", "o": "if_owner"}
BREAKS = ("Section Break", "Column Break", "Tab Break")
_raw: dict = {}


def core_doctypes() -> dict:
	if not _raw:
		_raw.update(json.loads(SOURCE.read_text(encoding="utf-8")))
	return _raw


def core_definition(doctype: str) -> dict | None:
	"""A core DocType as its JSON would be, None when it is none."""
	raw = core_doctypes().get(doctype)
	if not raw:
		return None
	fields = [_field(text, position) for position, text in enumerate(raw["fields"])]
	rules = {} if raw["attrs"].get("istable") else raw.get("perms", {"System Manager": "rwcd"})
	return {
		"doctype": "DocType",
		"name": doctype,
		"module": "Core",
		"fields": fields,
		"permissions": [_rule(role, letters) for role, letters in rules.items()],
		"sort_field": "modified",
		"sort_order": "DESC",
		**raw["attrs"],
	}


def _field(text: str, position: int) -> dict:
	name, kind, options, flags = [*text.split("|"), "", ""][:4]
	field = {"fieldname": name, "fieldtype": kind, "options": options or None, "label": frappe.unscrub(name)}
	if kind in BREAKS:
		field.update(fieldname=f"break_{position}", label=options, options=None)
	for flag in filter(None, flags.split(",")):
		key, _equals, value = flag.partition("=")
		field[key] = value if value else 1
	return field


def _rule(role: str, letters: str) -> dict:
	rule = {LETTERS[letter]: 1 for letter in letters}
	wide = {"report": 1, "export": 1, "print": 1, "share": 1, "email": 1} if "r" in letters else {}
	return {"role": role, "permlevel": 0, **rule, **wide}


def core_controller(doctype: str):
	"""The class of a core DocType, None for a plain Document."""
	from frappe.core import controllers

	return controllers.CONTROLLERS.get(doctype)
