"""Brings the shipped workflows onto a site and keeps what an administrator changed there.

`CRM Shipped Default` remembers, per definition, the hash and the text of what was written last:
missing and never shipped -> insert; missing but shipped before -> stays deleted; as shipped -> overwrite
with the newer one; edited -> keep, and show installed, current and newly shipped side by side.
"""

import hashlib
import json
from pathlib import Path

import frappe

WORKFLOW_KEYS = ("document_type", "is_active", "override_status", "send_email_alert", "workflow_state_field")
STATE_KEYS = (
	"state",
	"doc_status",
	"allow_edit",
	"update_field",
	"update_value",
	"message",
)
STEP_KEYS = ("state", "action", "next_state", "allowed", "allow_self_approval", "condition")
MEMORY = "CRM Shipped Default"


def seed() -> None:
	"""For after_install and after_migrate; says which workflows differ from the shipped ones."""
	for name, outcome in sync_workflows().items():
		if outcome in ("kept", "deleted"):
			print(f"Workflow {name}: {outcome} as the administrator left it; compare in {MEMORY}.")


def unseed() -> None:
	"""Uninstalling removes the DocTypes, so their workflows go too."""
	for definition in shipped_definitions():
		if frappe.db.exists("Workflow", definition["name"]):
			frappe.delete_doc("Workflow", definition["name"], ignore_permissions=True, force=True)


def sync_workflows() -> dict[str, str]:
	"""Returns {workflow name: what was done}: inserted, updated, unchanged, kept or deleted."""
	return {definition["name"]: sync_one(definition) for definition in shipped_definitions()}


def shipped_definitions() -> list[dict]:
	folder = Path(__file__).parent
	return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def sync_one(definition: dict) -> str:
	new = normalised(definition)
	current = current_definition(definition["name"])
	memory = remembered(definition["name"])
	if current is None:
		return install(definition) if not memory else _note(memory, "Deleted", new, "deleted")
	if digest(current) == digest(new):
		_remember(definition["name"], new)
		return "unchanged"
	if memory and memory.shipped_hash == digest(current):
		install(definition)
		return "updated"
	return _note(memory or _remember(definition["name"], None), "Edited", new, "kept")


def normalised(definition) -> dict:
	"""Only what decides behaviour, as text: what is read from a site equals the file."""
	plain = {key: _text(definition.get(key)) for key in WORKFLOW_KEYS}
	plain["states"] = [{key: _text(row.get(key)) for key in STATE_KEYS} for row in definition["states"]]
	plain["transitions"] = [
		{key: _text(row.get(key)) for key in STEP_KEYS} for row in definition["transitions"]
	]
	return plain


def current_definition(name: str) -> dict | None:
	if not frappe.db.exists("Workflow", name):
		return None
	return normalised(frappe.get_doc("Workflow", name).as_dict())


def digest(plain: dict | None) -> str:
	return hashlib.sha256(dump(plain).encode()).hexdigest() if plain else ""


def dump(plain: dict | None) -> str:
	return json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False) if plain else ""


def remembered(name: str):
	found = frappe.db.get_value(MEMORY, {"ref_doctype": "Workflow", "ref_name": name})
	return frappe.get_doc(MEMORY, found) if found else None


def write(definition: dict) -> None:
	"""Inserts the workflow or replaces the rows of the stored one."""
	_ensure_linked(definition)
	values = {key: definition.get(key) for key in WORKFLOW_KEYS}
	if frappe.db.exists("Workflow", definition["name"]):
		doc = frappe.get_doc("Workflow", definition["name"])
		doc.update(values)
	else:
		doc = frappe.get_doc({"doctype": "Workflow", "workflow_name": definition["name"], **values})
	doc.set("states", [{key: row.get(key) for key in STATE_KEYS} for row in definition["states"]])
	doc.set("transitions", [{key: row.get(key) for key in STEP_KEYS} for row in definition["transitions"]])
	doc.save(ignore_permissions=True)  # installation and migration have no user


def install(definition: dict) -> str:
	"""Writes the shipped definition and remembers it; an own active workflow stays the active one."""
	own = {"document_type": definition["document_type"], "is_active": 1, "name": ["!=", definition["name"]]}
	if frappe.db.exists("Workflow", own):
		definition = {**definition, "is_active": 0}
	write(definition)
	_remember(definition["name"], normalised(definition))
	return "inserted"


def _remember(name: str, plain: dict | None):
	"""What is on the site now is what we wrote (or, without `plain`, was there before we came)."""
	doc = remembered(name) or frappe.new_doc(MEMORY).update({"ref_doctype": "Workflow", "ref_name": name})
	if doc.get("shipped_hash") == digest(plain) and doc.state == "As Shipped":
		return doc
	doc.update({"state": "As Shipped" if plain else "Edited", "update_waiting": 0})
	doc.update({"shipped_hash": digest(plain), "shipped_definition": dump(plain)})
	doc.update({"new_hash": digest(plain), "new_definition": dump(plain)})
	return doc.save(ignore_permissions=True)  # the sync's own memory


def _note(memory, state: str, new: dict, outcome: str) -> str:
	"""Keeps the site's version; a newly shipped one waits to be looked at."""
	if memory.new_hash != digest(new) or memory.state != state:
		waiting = memory.new_hash != digest(new) or memory.update_waiting
		memory.update({"state": state, "update_waiting": int(bool(waiting))})
		memory.update({"new_hash": digest(new), "new_definition": dump(new)})
		memory.save(ignore_permissions=True)  # the sync's own memory
	return outcome


def _ensure_linked(definition: dict) -> None:
	for row in definition["states"]:
		_ensure("Workflow State", "workflow_state_name", row["state"], style=row.get("style"))
		_ensure("Role", "role_name", row["allow_edit"])
	for row in definition["transitions"]:
		_ensure("Workflow Action Master", "workflow_action_name", row["action"])
		_ensure("Role", "role_name", row["allowed"])


def _ensure(doctype: str, fieldname: str, name: str, **values) -> None:
	if not frappe.db.exists(doctype, name):
		frappe.get_doc({"doctype": doctype, fieldname: name, **values}).insert(ignore_permissions=True)


def _text(value) -> str:
	return str(value or "").strip().replace("\r\n", "\n")
