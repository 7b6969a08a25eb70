"""Rights of roles: each rule (role, level, owner only) stands alone.

A DocType whose rights an administrator changed has a copy of them (`Custom DocPerm`), and what the app ships
for it no longer counts. So rules that nobody touched, and rules for new roles, are carried over to the copy.
"""

import frappe
from frappe.permissions import rights

from crm_app.shipped import definitions, memory
from crm_app.shipped.domain.three_way import merge

KIND, OWN = "DocPerm", "Custom DocPerm"


def seed() -> None:
	for definition in definitions.doctypes():
		if not definition.get("istable"):
			sync(definition)


def unseed() -> None:
	memory.forget(KIND)


def sync(definition: dict) -> None:
	name, new = definition["name"], rules(definition["permissions"])
	now, base = current(name), memory.base(KIND, name)
	if now is None:
		memory.merged(KIND, name, new, new, [])
		return
	merged, conflicts = merge(now, new if base is None else base, new)
	write(name, {key: merged.get(key) for key in {*now, *merged} if merged.get(key) != now.get(key)})
	memory.merged(KIND, name, merged, new, conflicts)


def current(doctype: str) -> dict | None:
	"""The administrator's own rules; None where the shipped ones count."""
	stored = frappe.get_all(OWN, filters={"parent": doctype}, fields=["*"])
	return rules(stored) if stored else None


def rules(rows: list[dict]) -> dict[str, str]:
	"""{"CRM Staff, level 0, own records": "read, write"}"""
	return {_key(row): ", ".join(right for right in rights if row.get(right)) for row in rows}


def _key(row: dict) -> str:
	level = f"{row.get('role')}, {row.get('permlevel') or 0}"
	return f"{level}, if_owner" if row.get("if_owner") else level


def _marks(key: str) -> dict:
	"""The other way round; a role may have commas in its name."""
	plain = key.removesuffix(", if_owner")
	role, _comma, level = plain.rpartition(", ")
	return {"role": role, "permlevel": int(level), "if_owner": int(plain != key)}


def write(doctype: str, changes: dict[str, str | None]) -> None:
	"""Replaces rules of the administrator's copy; None takes a rule away."""
	for key, allowed in changes.items():
		mark = {"parent": doctype, **_marks(key)}
		for name in frappe.get_all(OWN, filters=mark, pluck="name"):
			frappe.delete_doc(OWN, name, ignore_permissions=True, force=True)  # migration has no user
		if allowed is not None:
			values = dict.fromkeys(allowed.split(", ") if allowed else (), 1)
			off = dict.fromkeys(set(rights) - values.keys(), 0)
			frappe.get_doc(
				{
					"doctype": OWN,
					"parenttype": "DocType",
					"parentfield": "permissions",
					**mark,
					**off,
					**values,
				}
			).insert(ignore_permissions=True)  # the same
	if changes:
		frappe.clear_cache(doctype=doctype)


def take(doctype: str, only: list[str] | None = None) -> None:
	"""All shipped rules by dropping the copy, or some of them."""
	new = rules(definitions.doctype(doctype)["permissions"])
	if only is None:
		write(doctype, dict.fromkeys(current(doctype) or {}))
	else:
		write(doctype, {key: new.get(key) for key in only})
