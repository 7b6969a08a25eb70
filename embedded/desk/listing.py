"""List pages: one count and one row query, whatever the number of rows; bulk actions."""

import frappe
from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.views.decorators.http import require_POST
from frappe import _
from frappe.app_hooks import overridden
from frappe.desk.reportview import get_count
from frappe.model.workflow import (
	WorkflowTransitionError,
	get_workflow,
	get_workflow_name,
)

from desk import form_views, formatting, home, routes, saved_filters, shell
from desk.csv_export import may_export
from desk.list_query import OPERATORS, TEXT, ListQuery


def dispatch(request, slug: str):
	"""`/app/<slug>` is a workspace, a Single's form or a list, as in Frappe."""
	workspace = home.workspace_for(slug)
	if workspace:
		return home.show(request, workspace)
	doctype = routes.doctype_for(slug)
	if not doctype:
		raise Http404(slug)
	if frappe.get_meta(doctype).issingle:
		return form_views.form(request, slug, None)
	if frappe.get_meta(doctype).is_virtual:
		return HttpResponseRedirect(routes.list_url("DocType"))
	return show(request, doctype, slug)


def show(request, doctype: str, slug: str):
	if request.GET.get("ff"):
		return HttpResponseRedirect(with_added_filter(request))
	frappe.has_permission(doctype, "read", throw=True)
	query = ListQuery(doctype, request.GET)
	rows = fetch(query)
	total = count(query)
	controls = filter_controls(query, request.GET)
	context = {
		"doctype": doctype,
		"slug": slug,
		"query": query,
		"headers": headers(query),
		"rows": display(query, rows),
		"total": total,
		"first": query.start + 1 if rows else 0,
		"last": query.start + len(rows),
		"previous": query.url(start=max(0, query.start - query.length)) if query.start else None,
		"next": query.url(start=query.start + query.length) if query.start + len(rows) < total else None,
		"controls": controls,
		"kept": query.kept_by_form({control["name"] for control in controls}),
		"filterable": sorted(query.by_name.values(), key=lambda df: _(df.label or df.fieldname)),
		"operators": OPERATORS,
		"actions": bulk_actions(doctype),
		"can_create": frappe.has_permission(doctype, "create")
		and not frappe.get_meta(doctype).get("in_create"),
		"can_export": may_export(doctype),
		"customize": shell.customize_url(frappe.get_meta(doctype)),
		"saved_filters": saved_filters.read(doctype),
		"filtered": bool(query.filters or query.search),
	}
	return shell.render(request, "desk/list.html", _(doctype), **context)


def fetch(query: ListQuery, **options) -> list:
	return frappe.get_list(
		query.doctype,
		fields=query.fieldnames,
		filters=query.filters,
		or_filters=query.or_filters,
		order_by=query.order_by,
		limit_start=query.start,
		limit_page_length=query.length,
		**options,
	)


def count(query: ListQuery) -> int:
	return get_count(query.doctype, filters=query.filters, or_filters=query.or_filters)


def with_added_filter(request) -> str:
	"""The address with the any-field filter folded in as `field=["op", value]`."""
	params = request.GET.copy()
	name, operator, value = (params.pop(key, [""])[-1] for key in ("ff", "fo", "fv"))
	if operator in ("in", "not in", "between"):
		value = [part.strip() for part in value.replace("，", ",").split(",")]
	elif operator in ("like", "not like"):
		value = f"%{value}%"
	params.pop("start", None)
	params.appendlist(name, frappe.as_json([operator, value], indent=None))
	return f"{request.path}?{params.urlencode()}"


def headers(query: ListQuery) -> list[dict]:
	result = []
	for df in query.columns:
		active = query.sort == df.fieldname
		direction = "desc" if active and query.direction == "asc" else "asc"
		result.append(
			{
				"label": _(df.label or df.fieldname),
				"url": query.url(sort=df.fieldname, dir=direction),
				"arrow": {"asc": "arrow_upward", "desc": "arrow_downward"}[query.direction] if active else "",
				"num": df.fieldtype in formatting.NUMERIC,
			}
		)
	return result


def display(query: ListQuery, rows: list) -> list[dict]:
	titles = {df.fieldname: link_titles(df, rows) for df in query.columns if df.fieldtype == "Link"}
	shown = []
	for row in rows:
		cells = []
		for df in query.columns:
			value = row.get(df.fieldname)
			text = titles.get(df.fieldname, {}).get(value) or formatting.format_value(value, df, row)
			cells.append(
				{"text": text, "num": df.fieldtype in formatting.NUMERIC, "label": _(df.label or "")}
			)
		cells[0]["text"] = cells[0]["text"] or row.name
		url = routes.form_url(query.doctype, row.name)
		shown.append(
			{"name": row.name, "url": url, "title": cells[0]["text"], "cells": cells[1:], "row": row}
		)
	return shown


def link_titles(df, rows: list) -> dict:
	"""Titles of linked records, one query per link column, where the target asks for it."""
	meta = frappe.get_meta(df.options)
	names = {row.get(df.fieldname) for row in rows} - {None, ""}
	if not names or not meta.title_field or not meta.show_title_field_in_link:
		return {}
	filters = {"name": ("in", sorted(names))}
	found = frappe.get_all(
		df.options, filters=filters, fields=["name", meta.title_field], limit_page_length=0
	)
	return {row.name: row[meta.title_field] for row in found}


def filter_controls(query: ListQuery, params) -> list[dict]:
	"""One input per in_standard_filter field."""
	controls = []
	for df in query.fields:
		if not df.in_standard_filter:
			continue
		kind = {"Link": "link", "Select": "select", "Check": "check", "Date": "date", "Datetime": "date"}.get(
			df.fieldtype
		)
		options = [option for option in (df.options or "").split("\n") if option] if kind == "select" else []
		value = params.get(df.fieldname, "")
		controls.append(
			{
				"name": df.fieldname,
				"label": _(df.label),
				"kind": kind or "text",
				"options": options,
				"target": df.options if kind == "link" else "",
				"value": "" if value.startswith("[") else value,
				"from": params.get(f"{df.fieldname}.from", ""),
				"to": params.get(f"{df.fieldname}.to", ""),
				"like": df.fieldtype in TEXT,
			}
		)
	return controls


def bulk_actions(doctype: str) -> list[dict]:
	"""What the user may do with picked rows: workflow actions of their roles, submit, cancel, delete."""
	actions, meta, workflow = [], frappe.get_meta(doctype), get_workflow_name(doctype)
	if workflow:
		roles = set(frappe.get_roles())
		transitions = frappe.get_cached_doc("Workflow", workflow).transitions
		names = dict.fromkeys(row.action for row in transitions if row.allowed in roles)
		actions = [{"value": f"workflow:{name}", "label": _(name)} for name in names]
	elif meta.is_submittable:
		for ptype, label in (("submit", _("Submit")), ("cancel", _("Cancel"))):
			if frappe.has_permission(doctype, ptype):
				actions.append({"value": ptype, "label": label})
	if frappe.has_permission(doctype, "delete"):
		actions.append({"value": "delete", "label": _("Delete"), "danger": True})
	return actions


@require_POST
def bulk(request, slug: str):
	"""Each record on its own savepoint: one refusal does not undo the others."""
	doctype, action = routes.doctype_for(slug), request.POST.get("action", "")
	if not doctype or action not in {row["value"] for row in bulk_actions(doctype)}:
		frappe.throw(_("This action is not available."), frappe.PermissionError)
	done, failures = 0, []
	for name in request.POST.getlist("names")[:500]:
		error = attempt(doctype, name, action)
		done += not error
		if error:
			failures.append(error if error.startswith(name) else f"{name}: {error}")
	frappe.local.message_log = []
	if done:
		messages.success(
			request, _("{0}: {1} done").format(_(action.removeprefix("workflow:").title()), done)
		)
	for failure in failures[:5]:
		messages.error(request, failure)
	if len(failures) > 5:
		messages.error(request, _("… and {0} more failed").format(len(failures) - 5))
	return HttpResponseRedirect(back_to_list(request, slug))


def back_to_list(request, slug: str) -> str:
	query = request.POST.get("query", "")
	return f"/app/{slug}" + (query if query.startswith("?") else "")


def attempt(doctype: str, name: str, action: str) -> str | None:
	"""Do one action; the reader's reason when it is refused."""
	frappe.db.savepoint("bulk")
	try:
		run_action(doctype, name, action)
	except (frappe.ValidationError, frappe.PermissionError) as error:
		frappe.db.rollback(save_point="bulk")
		return frappe.utils.strip_html(str(error)) or _("Not permitted")
	return None


def run_action(doctype: str, name: str, action: str) -> None:
	if action == "delete":
		frappe.delete_doc(doctype, name)
		return
	doc = frappe.get_doc(doctype, name)
	if action.startswith("workflow:"):
		take_step(doc, action.removeprefix("workflow:"))
	else:
		getattr(doc, action)()


def take_step(doc, action: str) -> None:
	"""The workflow's own refusal names neither record nor state; of many records the reader needs both."""
	open_steps = overridden("frappe.model.workflow.get_transitions")(doc)
	if action not in {row["action"] for row in open_steps}:
		state = doc.get(get_workflow(doc.doctype).workflow_state_field)
		frappe.throw(
			_("{0} is in state {1}: {2} is not possible").format(doc.name, _(state), _(action)),
			WorkflowTransitionError,
		)
	overridden("frappe.model.workflow.apply_workflow")(doc, action)
