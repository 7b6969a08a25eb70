"""`CRM Shipped Default`: what the app wrote under a name, and what it would write now."""

import json

import frappe
from frappe import _
from frappe.utils import cstr

from crm_app.customising.mandatory import forgive_custom
from crm_app.shipped.domain.three_way import digest, dump, lines, same

MEMORY = "CRM Shipped Default"
AS_SHIPPED, EDITED, DELETED = "As Shipped", "Edited", "Deleted"
OPTIONS = "Select Options"  # kind of the rows that crm_app.shipped.options keeps
LENGTH = 4000


def recall(doctype: str, name: str):
	found = frappe.db.get_value(MEMORY, {"ref_doctype": doctype, "ref_name": name})
	return frappe.get_doc(MEMORY, found) if found else None


def forget(doctype: str, name: str | None = None) -> None:
	frappe.db.delete(MEMORY, {"ref_doctype": doctype, **({"ref_name": name} if name else {})})


def as_shipped(doctype: str, name: str, now: dict, new: dict, was_there: bool = False) -> None:
	"""The site holds `now`, which is what the definition `new` says."""
	memory = recall(doctype, name) or _new(doctype, name, was_there)
	if memory.state == AS_SHIPPED and memory.shipped_hash == digest(new) and same_text(memory, now):
		return
	memory.update({"state": AS_SHIPPED, "update_waiting": 0, "note": ""})
	memory.update({"shipped_hash": digest(new), "shipped_definition": dump(now)})
	memory.update({"new_hash": digest(new), "new_definition": dump(new), "differences": []})
	_keep(memory)


def differs(
	doctype: str,
	name: str,
	state: str,
	now: dict | None,
	new: dict,
	note: str = "",
	was_there: bool = False,
) -> None:
	"""The site keeps its own version; a newly shipped one waits to be looked at."""
	memory = recall(doctype, name) or _new(doctype, name, was_there)
	before, is_same_note = _snapshot(memory), (memory.note or "") == note
	if _is_news(memory, now, new) or not (is_same_note and memory.state == state):
		waiting = (memory.shipped_hash or memory.new_hash) and (
			_is_news(memory, now, new) or memory.update_waiting
		)
		memory.update_waiting = int(bool(waiting or note))
	memory.update({"state": state, "note": note, "new_hash": digest(new), "new_definition": dump(new)})
	compare(memory, now)
	_keep_if_changed(memory, before)


def waits(doctype: str, name: str, now: dict, new: dict, text: str) -> None:
	"""`text` says why; whoever chose Keep Mine is not told again of the same."""
	known = recall(doctype, name)
	is_seen = known and not known.note and plain(known.new_definition) == new
	differs(doctype, name, EDITED, now, new, "" if is_seen else text)


def forget_others(doctype: str, names) -> None:
	for name in frappe.get_all(MEMORY, {"ref_doctype": doctype}, pluck="ref_name"):
		if name not in names:
			forget(doctype, name)


def _is_news(memory, now: dict | None, new: dict) -> bool:
	"""Whether anything is shipped otherwise than before, and not on the site already."""
	old = plain(memory.new_definition)
	return any(old.get(key) != new[key] and not (now and same(_of(now, key), new[key])) for key in new)


def base(doctype: str, name: str) -> dict | None:
	"""What the last merge was made against."""
	known = recall(doctype, name)
	return plain(known.new_definition) if known else None


def merged(doctype: str, name: str, now: dict, new: dict, conflicts: list[str]) -> None:
	"""After a merge: `new` is the base of the next one, whether it was taken or not."""
	memory = recall(doctype, name) or _new(doctype, name)
	before, state = _snapshot(memory), AS_SHIPPED if now == new else EDITED
	still = state == EDITED and (conflicts or memory.update_waiting)
	memory.update({"state": state, "update_waiting": int(bool(still))})
	memory.update({"new_hash": digest(new), "shipped_hash": digest(new), "new_definition": dump(new)})
	memory.shipped_definition = dump(_installed(plain(memory.shipped_definition) or new, now, new))
	compare(memory, now)
	_keep_if_changed(memory, before)


def _installed(earlier: dict, now: dict, new: dict) -> dict:
	"""Per value what the app wrote last: the new one where the site has it, else the one before."""
	written = {key: new[key] if now.get(key) == new[key] else earlier.get(key) for key in new}
	both = {**earlier, **written}
	return {key: both[key] for key in both if both[key] is not None and key in {*new, *now}}


def _snapshot(memory) -> list:
	"""What a person would see change."""
	names = ("state", "update_waiting", "note", "new_hash", "shipped_definition", "new_definition")
	rows = [
		[cstr(row.get(name)).strip() for name in ("property", "as_installed", "now", "newly_shipped")]
		for row in memory.differences
	]
	return [cstr(memory.get(name) or "").strip() for name in names] + rows


def _keep_if_changed(memory, before: list) -> None:
	if memory.is_new() or _snapshot(memory) != before:
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
		"label": label(memory, key),
		**{name: text[:LENGTH] for name, text in zip(names, texts, strict=True)},
	}


def label(memory, key: str) -> str:
	"""A property as forms call it; a rule of a role keeps its key."""
	if memory.ref_doctype == OPTIONS:
		return option_label(memory.ref_name, key)
	doctype = memory.ref_doctype
	df = frappe.get_meta(doctype).get_field(key) if frappe.db.exists("DocType", doctype) else None
	return _(df.label) if df and df.label else key


def option_label(doctype: str, key: str) -> str:
	"""`severity: High` as the form calls field and choice."""
	fieldname, _colon, option = key.partition(": ")
	df = frappe.get_meta(doctype).get_field(fieldname)
	return f"{_(df.label)}: {_(option)}" if df and df.label else key


def labels(memory, keys: list[str]) -> str:
	return ", ".join(label(memory, key) for key in keys)


def _new(doctype: str, name: str, was_there: bool = False):
	"""`was_there`: the site had a record of this name before the app, which is not the app's to delete."""
	values = {"ref_doctype": doctype, "ref_name": name, "note": "", "was_there": int(was_there)}
	return frappe.new_doc(MEMORY).update(values)
