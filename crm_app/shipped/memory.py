"""`CRM Shipped Default`: what the app wrote under a name, and what it would write now."""

import json

import frappe
from frappe import _

from crm_app.customising.mandatory import forgive_custom
from crm_app.shipped.domain.three_way import digest, dump, lines, same

MEMORY = "CRM Shipped Default"
AS_SHIPPED, EDITED, DELETED = "As Shipped", "Edited", "Deleted"
LENGTH = 4000


def recall(doctype: str, name: str):
	found = frappe.db.get_value(MEMORY, {"ref_doctype": doctype, "ref_name": name})
	return frappe.get_doc(MEMORY, found) if found else None


def forget(doctype: str, name: str | None = None) -> None:
	frappe.db.delete(MEMORY, {"ref_doctype": doctype, **({"ref_name": name} if name else {})})


def as_shipped(doctype: str, name: str, now: dict, new: dict) -> None:
	"""The site holds `now`, which is what the definition `new` says."""
	memory = recall(doctype, name) or _new(doctype, name)
	if memory.state == AS_SHIPPED and memory.shipped_hash == digest(new) and same_text(memory, now):
		return
	memory.update({"state": AS_SHIPPED, "update_waiting": 0, "note": ""})
	memory.update({"shipped_hash": digest(new), "shipped_definition": dump(now)})
	memory.update({"new_hash": digest(new), "new_definition": dump(new), "differences": []})
	_keep(memory)


def differs(doctype: str, name: str, state: str, now: dict | None, new: dict, note: str = "") -> None:
	"""The site keeps its own version; a newly shipped one waits to be looked at."""
	memory = recall(doctype, name) or _new(doctype, name)
	if not (is_new := memory.new_hash != digest(new)) and memory.state == state and memory.note == note:
		return
	waiting = bool(memory.shipped_hash or memory.new_hash) and (is_new or memory.update_waiting)
	memory.update({"state": state, "note": note, "update_waiting": int(bool(waiting or note))})
	memory.update({"new_hash": digest(new), "new_definition": dump(new)})
	compare(memory, now)
	_keep(memory)


def base(doctype: str, name: str) -> dict | None:
	"""What the last merge was made against."""
	known = recall(doctype, name)
	return plain(known.shipped_definition) if known else None


def merged(doctype: str, name: str, now: dict, new: dict, conflicts: list[str]) -> None:
	"""After a merge: `new` is the base of the next one, whether it was taken or not."""
	memory = recall(doctype, name) or _new(doctype, name)
	state, is_new = (AS_SHIPPED if now == new else EDITED), memory.new_hash != digest(new)
	if not (is_new or conflicts) and memory.state == state:
		return
	still = state == EDITED and (conflicts or memory.update_waiting)
	memory.update({"state": state, "update_waiting": int(bool(still)), "new_definition": dump(new)})
	compare(memory, now)
	memory.update({"new_hash": digest(new), "shipped_hash": digest(new), "shipped_definition": dump(new)})
	_keep(memory)


def _keep(memory) -> None:
	forgive_custom(memory)
	memory.save(ignore_permissions=True)  # the app's own memory


def compare(memory, now: dict | None) -> None:
	"""Rows shipped / now / new, one per property that a newly shipped version would change."""
	shipped, new = plain(memory.shipped_definition), plain(memory.new_definition)
	keys = left(now, new) if now is not None else []
	memory.set("differences", [_row(memory, key, shipped, now, new) for key in keys])


def left(now: dict, new: dict) -> list[str]:
	"""Properties (or rules) in which the site differs from what is shipped."""
	return [key for key in dict.fromkeys([*new, *now]) if not same(_of(now, key), _of(new, key))]


def plain(text: str | None) -> dict:
	return json.loads(text) if text else {}


def same_text(memory, now: dict) -> bool:
	return memory.shipped_definition == dump(now)


def _of(side: dict | None, key: str):
	value = (side or {}).get(key)
	return "" if value is None else value


def _row(memory, key: str, shipped: dict, now: dict, new: dict) -> dict:
	sides = [(side or {}).get(key) for side in (shipped, now, new)]
	texts = [lines(value, [other for other in sides if other is not value]) for value in sides]
	names = ("as_installed", "now", "newly_shipped")
	return {
		"property": key,
		"label": label(memory.ref_doctype, key),
		**{name: text[:LENGTH] for name, text in zip(names, texts, strict=True)},
	}


def label(doctype: str, key: str) -> str:
	"""A property as forms call it; a rule of a role keeps its key."""
	df = frappe.get_meta(doctype).get_field(key) if frappe.db.exists("DocType", doctype) else None
	return _(df.label) if df and df.label else key


def _new(doctype: str, name: str):
	return frappe.new_doc(MEMORY).update({"ref_doctype": doctype, "ref_name": name, "note": ""})
