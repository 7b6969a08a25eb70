"""The form page: one record as a page, and the calls that the page makes. Everything is done by Document."""

import json
import re

import frappe
from django.http import HttpResponseRedirect
from django.urls import path
from django.views.decorators.csrf import ensure_csrf_cookie
from frappe import _, client
from frappe.app_hooks import overridden
from frappe.model.document import Document

from desk import form_extras, form_layout, rest, routes, shell
from desk.form_errors import describe

JS_TEXTS = (
	"Add row|Remove|Move up|Move down|Edit|Close|No rows|Choose a file|Clear|Not Saved|Saved|Submitted|"
	"Find in rows|"
	"Nothing found|Fill in: {0}|This field is required|Open record|Log in|"
	"Your session has ended. What you typed is kept: log in and it will be here.|"
	"What you typed before logging in has been restored.|"
	"The server cannot be reached. What you typed is still here.|"
	"{0} changed this record at {1}.|Keep mine, take over the rest|Discard mine|Both changed this|"
	"Delete this record?|Cancel this record?|Submit this record? It cannot be changed afterwards.|"
	"The file could not be uploaded.|Row {0}|empty|Uploading…|not a number"
).split("|")


@ensure_csrf_cookie
def form(request, slug, name=None):
	"""GET shows the record (`new`: an empty one); POST takes {action, values, …} and answers in JSON."""
	if request.method == "POST":
		return perform(request, slug, name)
	meta = _meta(slug)
	if meta.name == "DocType" and name != "new":
		return HttpResponseRedirect(routes.form_url("Customize Form", name))
	if meta.issingle:
		name = meta.name
	doc = _new(meta, request.GET) if name == "new" and not meta.issingle else frappe.get_doc(meta.name, name)
	if not doc.is_new():
		doc.check_permission("read")
		doc.run_method("onload")
	return shell.render(request, "desk/form.html", **page_context(doc))


form.accepts_guest_post = True


def _meta(slug: str):
	doctype = routes.doctype_for(slug)
	if not doctype:
		raise frappe.DoesNotExistError(_("DocType {0} not found").format(slug))
	return frappe.get_meta(doctype)


def _new(meta, query):
	"""An empty record, a copy (`?_duplicate=`) or an amendment (`?_amend=`); other arguments fill fields."""
	if source := query.get("_duplicate") or query.get("_amend"):
		original = frappe.get_doc(meta.name, source)
		original.check_permission("read")
		doc = frappe.copy_doc(original)
		if query.get("_amend"):
			original.check_permission("amend")
			doc.amended_from = original.name
		frappe.has_permission(meta.name, "create", throw=True)
		return doc
	doc = frappe.new_doc(meta.name)
	for key, value in query.items():
		if meta.has_field(key) and meta.get_field(key).fieldtype not in form_layout.TABLES:
			doc.set(key, value)
	frappe.has_permission(meta.name, "create", throw=True)
	return doc


def page_context(doc) -> dict:
	meta, is_new = doc.meta, doc.is_new()
	state = form_extras.workflow_state(doc)
	may_write = doc.has_permission("create" if is_new else "write")
	access = form_layout.Access(doc, locked=not may_write or state["locked"])
	plain = form_layout.values(doc, access)
	title = doc.get(meta.title_field) if meta.title_field and not is_new else None
	title = title or (
		_("New {0}").format(_(meta.name))
		if is_new
		else _(doc.name)
		if meta.issingle or meta.is_virtual
		else doc.name
	)
	crumbs = [] if meta.issingle else [(_(meta.name), routes.list_url(meta.name))]
	data = {
		"doctype": meta.name,
		"name": "" if is_new else doc.name,
		"is_new": is_new,
		"prompt": is_new and (meta.autoname or "").lower() == "prompt",
		"doc": plain,
		"fields": form_layout.fields(meta, access),
		"titles": form_layout.link_titles(doc, plain),
		"user": frappe.session.user,
		"roles": frappe.get_roles(),
		"currency": frappe.db.get_default("currency") or "",
		"texts": {text: _(text) for text in JS_TEXTS},
	}
	return {
		"title": title,
		"breadcrumbs": [*crumbs, (str(title), None)],
		"data": data,
		"doc": doc,
		"meta": meta,
		"changed_on": str(doc.modified or "")[:16],
		"is_new": is_new,
		"customize": shell.customize_url(meta),
		"state": state,
		"tabs": form_layout.layout(meta, access),
		"buttons": form_extras.buttons(doc, state, access),
		"actions": form_extras.actions(doc),
		"connections": [] if is_new else form_extras.connections(doc),
		"timeline": [] if is_new or meta.issingle else form_extras.timeline(doc, access),
		"attachments": [] if is_new else form_extras.attachments(doc),
	}


# the page's calls


def perform(request, slug, name):
	"""One action on the record. An error answers with its message and fields, and nothing is written."""
	doc = None
	try:
		if frappe.session.user == "Guest":
			raise frappe.AuthenticationError(_("Your session has ended"))
		given = rest.parse_body(request.body)
		meta = _meta(slug)
		action = ACTIONS.get(given.get("action")) if isinstance(given, dict) else None
		if not action:
			raise rest.InvalidRequest(_("Unknown action"))
		name = meta.name if meta.issingle else name
		doc = _stored_or_new(meta, name, given)
		answer = action(doc, given) or {}
		if "route" not in answer:
			answer["route"] = (
				routes.list_url(meta.name) if meta.issingle else routes.form_url(meta.name, doc.name)
			)
		return rest.json_response(answer)
	except Exception as error:
		extra = describe(error, doc)
		response = rest.error_response(request, error)
		body = json.loads(response.content) | extra
		if isinstance(error, frappe.TimestampMismatchError):
			body["current"] = _current(doc)
		response.content = json.dumps(body)
		return response


def _stored_or_new(meta, name: str, given: dict):
	values = given.get("values") or {}
	if not isinstance(values, dict):
		raise rest.InvalidRequest(_("The request body must be a JSON object"))
	if name == "new" and not meta.issingle:
		doc = client.new(meta.name, values)
		if given.get("newname"):
			doc.name = given["newname"]
		return doc
	doc = frappe.get_doc(meta.name, name)
	if values:
		client.change(doc, values | {"modified": given.get("modified")})
	elif given.get("modified"):
		doc.modified = given["modified"]
	return doc


def _current(doc) -> dict:
	"""The record as it is stored now, for comparison with what the page was opened with."""
	stored = frappe.get_doc(doc.doctype, doc.name)
	if not stored.has_permission("read"):
		return {}
	return form_layout.values(stored, form_layout.Access(stored))


def save(doc, given):
	doc.insert() if doc.is_new() else doc.save()


def submit(doc, given):
	doc.submit()


def cancel(doc, given):
	doc.cancel()


def delete(doc, given):
	frappe.delete_doc(doc.doctype, doc.name)
	return {"route": routes.list_url(doc.doctype)}


def transition(doc, given):
	if given.get("values"):
		doc.insert() if doc.is_new() else doc.save()
	overridden("frappe.model.workflow.apply_workflow")(doc, given.get("transition"))


def comment(doc, given):
	doc = frappe.get_doc(doc.doctype, doc.name)
	doc.check_permission("read")
	if text := str(given.get("text") or "").strip():
		doc.add_comment("Comment", frappe.utils.escape_html(text).replace("\n", "<br>"))


def run_action(doc, given):
	"""A Server Action of the DocType: its method gets the record as JSON, as Frappe's desk sends it."""
	row = next((row for row in doc.meta.actions if row.label == given.get("label")), None)
	if not row or row.action_type != "Server Action":
		raise rest.InvalidRequest(_("Unknown action"))
	doc.check_permission("read")
	function = frappe.get_attr(row.action)
	frappe.is_whitelisted(function)
	result = function(doc=frappe.as_json(doc.as_dict()))
	values = result.as_dict() if isinstance(result, Document) else result
	if isinstance(values, dict) and values.get("doctype") and values.get("name"):
		return {"route": routes.form_url(values["doctype"], values["name"])}
	if isinstance(values, dict) and re.match(r"/(?!/)", str(values.get("route") or "")):
		frappe.clear_messages()
		return {"route": values["route"]}
	if not frappe.local.message_log:
		frappe.msgprint(_("{0} complete").format(_(row.label)), alert=True, indicator="green")
	return {}


ACTIONS = {
	"save": save,
	"submit": submit,
	"cancel": cancel,
	"delete": delete,
	"transition": transition,
	"comment": comment,
	"run_action": run_action,
}


urlpatterns = [path("<slug:slug>/<path:name>", form)]
