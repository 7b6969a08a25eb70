"""Around the fields of a form: state, buttons, connections, history, attachments."""

import frappe
from frappe import _
from frappe.app_hooks import overridden
from frappe.model import workflow
from frappe.utils import cint, escape_html, strip_html
from frappe.utils.html_utils import clean_for_page

from desk import formatting, routes
from desk.form_layout import meta_or_none

STYLES = {
	"Primary": "blue",
	"Info": "blue",
	"Success": "green",
	"Warning": "orange",
	"Danger": "red",
	"Inverse": "gray",
}
COUNT_LIMIT = 100
HISTORY_LIMIT = 30


def workflow_state(doc) -> dict:
	"""The state pill, the transitions open to this user, and whether the state locks the fields for them."""
	name = workflow.get_workflow_name(doc.doctype)
	if not name:
		pill = formatting.indicator(doc.doctype, doc.as_dict()) if not doc.is_new() else None
		return {"workflow": None, "pill": pill, "locked": False, "transitions": []}
	flow = frappe.get_cached_doc("Workflow", name)
	value = doc.get(flow.workflow_state_field)
	rows = [row for row in flow.states if row.state == value] if value else flow.states[:1]
	roles = set(frappe.get_roles())
	locked = (
		bool(rows)
		and not any(row.allow_edit in roles for row in rows)
		and frappe.session.user != "Administrator"
	)
	style = frappe.db.get_value("Workflow State", value, "style") if value else None
	cancels = any(cint(row.doc_status) == 2 for row in flow.states)
	return {
		"workflow": flow,
		"pill": (
			_(value),
			STYLES.get(style) or formatting.state_colour(doc.doctype, doc, flow.workflow_state_field),
		)
		if value
		else None,
		"locked": locked and not doc.is_new(),
		"cancels": cancels,
		**_transitions(doc, flow),
	}


def _transitions(doc, flow) -> dict:
	"""The steps that are open to the user, and why there are none where the workflow cannot tell."""
	if doc.is_new():
		return {"transitions": [], "problem": ""}
	try:
		found = overridden("frappe.model.workflow.get_transitions")(doc, flow)
	except (frappe.PermissionError, frappe.ValidationError) as error:
		frappe.clear_last_message()
		return {"transitions": [], "problem": strip_html(str(error))}
	states = {row.state: row for row in flow.states}
	user = frappe.session.user
	unique = {row["action"]: row for row in found if workflow.has_approval_access(user, doc, row)}
	steps = [
		{"action": action, "label": _(action), "cancels": cint(states[row["next_state"]].doc_status) == 2}
		for action, row in unique.items()
	]
	return {"transitions": steps, "problem": ""}


def buttons(doc, state: dict, access) -> dict:
	"""Which of the standard buttons this user gets."""
	is_new, submittable = doc.is_new(), bool(doc.meta.is_submittable)
	may = _may(doc)
	plain, saved_draft = not state["workflow"], not is_new and doc.docstatus == 0
	open_fields = any(not access.read_only(df) for df in doc.meta.fields if df.allow_on_submit)
	return {
		"save": not access.locked and (doc.docstatus == 0 or (doc.docstatus == 1 and open_fields)),
		"submit": submittable and plain and saved_draft and may("submit"),
		"cancel": submittable and doc.docstatus == 1 and may("cancel") and (plain or not state["cancels"]),
		"amend": submittable and doc.docstatus == 2 and may("amend") and not _amended(doc),
		"delete": not is_new and not doc.meta.issingle and doc.docstatus != 1 and may("delete"),
		"duplicate": not is_new and not doc.meta.issingle and not doc.meta.in_create and may("create"),
	}


def _may(doc):
	return lambda permission: bool(
		frappe.has_permission(doc.doctype, permission, doc=None if permission == "create" else doc)
	)


def _amended(doc) -> bool:
	return doc.meta.has_field("amended_from") and bool(
		frappe.db.exists(doc.doctype, {"amended_from": doc.name})
	)


def actions(doc) -> list[dict]:
	return [
		{
			"label": row.label,
			"text": _(row.label),
			"group": _(row.group or ""),
			"type": row.action_type,
			"url": row.action if row.action.startswith("/") else f"/app/{row.action}",
		}
		for row in doc.meta.actions
		if not row.hidden and not doc.is_new()
	]


def connections(doc) -> list[dict]:
	"""Linked records by group: one counting query per linked DocType, none per record."""
	groups = {}
	for link in doc.meta.links:
		target = link.get("parent_doctype") or link.link_doctype
		if link.hidden or not meta_or_none(target) or not frappe.has_permission(target, "read"):
			continue
		groups.setdefault(_(link.group or "Connections"), []).append(_connection(doc, link, target))
	return [{"label": label, "links": links} for label, links in groups.items()]


def _connection(doc, link, target: str) -> dict:
	field = frappe.get_meta(link.link_doctype).get_field(link.link_fieldname)
	child = bool(link.get("parent_doctype"))
	filters = [[link.link_doctype, link.link_fieldname, "=", doc.name]]
	values = {link.link_fieldname: doc.name}
	if field and field.fieldtype == "Dynamic Link":
		filters.append([link.link_doctype, field.options, "=", doc.doctype])
		values[field.options] = doc.doctype
	found = frappe.get_list(
		target, filters=filters, pluck="name", limit_page_length=COUNT_LIMIT, order_by=None
	)
	count = len(set(found))
	single = count == 1 and child
	return {
		"label": _(target),
		"count": f"{COUNT_LIMIT - 1}+" if count >= COUNT_LIMIT else count,
		"url": routes.form_url(target, found[0])
		if single
		else routes.list_url(target, **({} if child else values)),
		"new": None if child or not frappe.has_permission(target, "create") else _new_url(target, values),
	}


def _new_url(doctype: str, values: dict) -> str:
	return routes.list_url(doctype, **values).replace("?", "/new?", 1)


def attachments(doc) -> list:
	return frappe.get_all(
		"File",
		filters={"attached_to_doctype": doc.doctype, "attached_to_name": doc.name},
		fields=["file_name", "file_url", "is_private"],
		limit_page_length=50,
	)


def timeline(doc, access) -> list[dict]:
	"""Comments and tracked changes, newest first."""
	about = {"reference_doctype": doc.doctype, "reference_name": doc.name}
	comments = frappe.get_all(
		"Comment",
		filters=about,
		fields=["owner", "creation", "content", "comment_type"],
		order_by="creation desc",
		limit_page_length=HISTORY_LIMIT,
	)
	versions = frappe.get_all(
		"Version",
		filters={"ref_doctype": doc.doctype, "docname": doc.name},
		fields=["owner", "creation", "data"],
		order_by="creation desc",
		limit_page_length=HISTORY_LIMIT,
	)
	entries = [_entry(row, "comment", _said(row)) for row in comments]
	entries += [
		entry
		for row in versions
		if (entry := _entry(row, "change", _changes(doc.meta, row.data, access)))["html"]
	]
	entries.append(
		{
			"who": doc.owner,
			"when": str(doc.creation)[:16],
			"kind": "create",
			"html": escape_html(_("Created")),
		}
	)
	named = _full_names({entry["who"] for entry in entries})
	for entry in entries:
		entry["who"] = named.get(entry["who"], entry["who"])
	return sorted(entries, key=lambda entry: entry["when"], reverse=True)


def _said(comment) -> str:
	text = comment.content or ""
	return clean_for_page(_(text) if comment.comment_type == "Workflow" else text)


def _entry(row, kind: str, html: str) -> dict:
	return {"who": row.owner, "when": str(row.creation)[:16], "kind": kind, "html": html}


def _full_names(users: set) -> dict:
	rows = frappe.get_all("User", filters={"name": ["in", sorted(users)]}, fields=["name", "full_name"])
	return {row.name: row.full_name or row.name for row in rows}


def _changes(meta, data: str, access) -> str:
	parsed, lines = frappe.parse_json(data or "{}"), []
	for name, old, new in parsed.get("changed") or []:
		df = meta.get_field(name)
		if df and not df.hidden and access.can_read(df):
			lines.append(f"<b>{escape_html(_(df.label))}</b>: {_short(old, df)} → {_short(new, df)}")
	tables = {row[0] for key in ("added", "removed", "row_changed") for row in parsed.get(key) or []}
	for name in sorted(tables):
		df = meta.get_field(name)
		if df and access.can_read(df):
			lines.append(f"<b>{escape_html(_(df.label))}</b>: {escape_html(_('rows changed'))}")
	return "<br>".join(lines)


def _short(value, df) -> str:
	text = strip_html(str(formatting.format_value(value, df))) or "–"
	return escape_html(text if len(text) <= 80 else f"{text[:80]}…")
