"""The administrator's choice between the own and the newly shipped version; each is noted on the record."""

import frappe
from frappe import _

from crm_app.shipped import clashes, documents, memory, normal, options, permissions, refused, settings
from crm_app.shipped.domain.three_way import digest

# What is no record of its own: {kind: current(name), take(name, only)}
PARTS = {part.KIND: part for part in (permissions, options, clashes, refused)}


def current(row) -> dict | None:
	"""What is on the site now, in the shape of the newly shipped definition; None: deleted."""
	new = memory.plain(row.new_definition)
	if part := PARTS.get(row.ref_doctype):
		return part.current(row.ref_name) or new
	if not frappe.db.exists("DocType", row.ref_doctype):
		return None
	if row.ref_doctype == row.ref_name:
		return settings.current(row.ref_name, new)
	return normal.current(row.ref_doctype, row.site_name or row.ref_name, new)


def take_all(row) -> None:
	new = memory.plain(row.new_definition)
	if part := PARTS.get(row.ref_doctype):
		part.take(row.ref_name)
	else:
		_write(row, {**new, **_own_workflow_stays(row, new)})
	_settle(row, _("{0} took the shipped version.").format(frappe.session.user))


def take_some(row, keys: list[str]) -> None:
	"""`keys` are properties of a record or rules of a DocType."""
	new, texts = memory.plain(row.new_definition), [_("{0} took as shipped: {1}.")]
	if part := PARTS.get(row.ref_doctype):
		part.take(row.ref_name, keys)
	else:
		if "is_active" in keys and (other := _active_beside(row, new)):
			texts.append(_("The workflow {0} was switched off.").format(other))
			frappe.msgprint(texts[-1])
		_write(row, {key: new[key] for key in keys if key in new})
	_settle(row, " ".join(texts).format(frappe.session.user, memory.labels(row, keys)))


def _own_workflow_stays(row, new: dict) -> dict:
	"""Taking all of a shipped workflow does not switch the site's own off; its row stays, to be ticked."""
	other = _active_beside(row, new)
	if not other:
		return {}
	frappe.msgprint(_("{0} stays switched off, because {1} is active.").format(row.ref_name, other))
	return {"is_active": 0}


def _active_beside(row, new: dict) -> str | None:
	return documents.active_beside({"doctype": row.ref_doctype, **new}, row.site_name or row.ref_name)


def _write(row, values: dict) -> None:
	if row.ref_doctype == row.ref_name:
		settings.take(row.ref_name, values)
	else:
		documents.write(row.ref_doctype, row.site_name or row.ref_name, values)


def _settle(row, text: str) -> None:
	now, new = current(row), memory.plain(row.new_definition)
	if now is not None and not memory.left(now, new):
		memory.as_shipped(row.ref_doctype, row.ref_name, now, new)
	else:
		memory.compare(row, now)
		row.state = memory.EDITED
		row.save()
	frappe.get_doc(row.doctype, row.name).add_comment("Info", text)


def keep(row) -> None:
	row.update({"update_waiting": 0, "note": ""})
	row.save()
	text = _("{0} kept the own version.").format(frappe.session.user)
	row.add_comment("Info", f"{text} {digest(current(row))[:8]}")


def compare(row) -> None:
	memory.compare(row, current(row))
	row.save()
