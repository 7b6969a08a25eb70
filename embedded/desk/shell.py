"""What every page shares: sidebar, jump box, user menu, breadcrumbs."""

from urllib.parse import unquote

import frappe
from django.shortcuts import render as django_render
from frappe import _
from frappe.model.meta import NOT_CUSTOMISED

from desk import routes
from desk.auth import profile
from desk.middleware import show_messages

# Material Symbols, which unfold ships, for Frappe's icon names
ICON_NAMES = {
	"handshake": "crm",
	"storefront": "sell retail",
	"support_agent": "support",
	"group": "users customer",
	"account_balance_wallet": "accounting expenses money-coins-1",
	"badge": "hr organization",
	"campaign": "marketing broadcast mail",
	"card_membership": "card loan membership non-profit",
	"loyalty": "star",
	"monitoring": "dashboard chart",
	"tune": "tool settings setting setting-gear",
	"hub": "integration",
}
ICONS = {name: symbol for symbol, names in ICON_NAMES.items() for name in names.split()}
SYSTEM = (
	"User",
	"Role",
	"Workflow",
	"User Permission",
	"DocType",
	"Custom Field",
	"Property Setter",
	"List Filter",
	"Report",
	"Error Log",
	"Background Job",
)


def render(request, template: str, title: str, breadcrumbs=(), status: int = 200, **extra):
	"""A page inside the shell. `breadcrumbs` are (label, url or None) pairs."""
	show_messages(request)
	return django_render(request, template, {**context(request, title, breadcrumbs), **extra}, status=status)


def context(request, title: str, breadcrumbs=()) -> dict:
	user = frappe.session.user
	nav = [] if user == "Guest" else navigation(request.path)
	return {
		"title": title,
		"breadcrumbs": breadcrumbs,
		"nav": nav,
		"jump": [] if user == "Guest" else jump_targets(nav),
		"lang": frappe.local.lang,
		"user_id": user,
		"may_see_account": user != "Guest" and may_read("User"),
		"user_name": (profile(user) or {}).get("full_name") or user,
		"path": request.get_full_path(),
	}


def navigation(path: str = "") -> list[dict]:
	"""The workspaces this user may see, each with the lists and reports it links to."""
	groups = []
	for workspace in workspaces():
		links = [link for link in links_of(workspace) if link["url"]]
		if links:
			groups.append(
				{
					"name": workspace.name,
					"label": _(workspace.title or workspace.name),
					"icon": ICONS.get(workspace.icon or "", "widgets"),
					"url": f"/app/{routes.slug(workspace.name)}",
					"links": links,
				}
			)
	if "System Manager" in frappe.get_roles():
		groups.append(system_group())
	return mark_active(groups, path)


def workspaces() -> list:
	"""Public workspaces open to the user's roles, in order, with `.links` rows; read once per request."""
	if "desk.workspaces" not in frappe.local.cache:
		frappe.local.cache["desk.workspaces"] = read_workspaces()
	return frappe.local.cache["desk.workspaces"]


def read_workspaces() -> list:
	rows = frappe.get_all(
		"Workspace",
		filters={"public": 1, "is_hidden": 0},
		fields=["name", "title", "icon", "module", "sequence_id"],
		order_by="sequence_id asc, name asc",
		limit_page_length=0,
	)
	open_rows = [row for row in rows if role_allows("Workspace", row.name)]
	children = {}
	fields = ["parent", "label", "link_to", "link_type", "type"]
	for link in frappe.get_all("Workspace Link", fields=fields, order_by="idx asc", limit_page_length=0):
		children.setdefault(link.parent, []).append(link)
	for row in open_rows:
		row.links = children.get(row.name, [])
	return open_rows


def role_allows(doctype: str, name: str) -> bool:
	"""Whether a workspace or report names no roles, or one of the user's."""
	if "desk.role_limits" not in frappe.local.cache:
		limits = frappe.local.cache["desk.role_limits"] = {}
		filters = {"parenttype": ("in", ["Workspace", "Report"])}
		for row in frappe.get_all(
			"Has Role", filters=filters, fields=["parenttype", "parent", "role"], limit_page_length=0
		):
			limits.setdefault((row.parenttype, row.parent), set()).add(row.role)
	roles = frappe.local.cache["desk.role_limits"].get((doctype, name))
	return not roles or not roles.isdisjoint(frappe.get_roles())


def links_of(workspace) -> list[dict]:
	seen, links = set(), []
	for row in workspace.links:
		if row.type != "Link" or row.link_to in seen:
			continue
		seen.add(row.link_to)
		kind = row.link_type
		links.append(
			{
				"label": _(row.label or row.link_to),
				"url": link_url(kind, row.link_to),
				"kind": kind,
				"name": row.link_to,
			}
		)
	return links


def link_url(kind: str, target: str) -> str | None:
	"""Address of a workspace link, or None when this user may not follow it."""
	if kind == "DocType":
		return routes.list_url(target) if may_read(target) else None
	if kind == "Report":
		return routes.report_url(target) if may_run(target) else None
	return f"/app/{target}" if kind == "Page" else target


def may_read(doctype: str) -> bool:
	try:
		return frappe.has_permission(doctype, "read")
	except frappe.DoesNotExistError:
		return False


def may_run(report: str) -> bool:
	"""Whether one of the user's roles may run the report on records that they may report on."""
	if "desk.reports" not in frappe.local.cache:
		found = frappe.get_all(
			"Report", filters={"disabled": 0}, fields=["name", "ref_doctype"], limit_page_length=0
		)
		frappe.local.cache["desk.reports"] = {row.name: row.ref_doctype for row in found}
	doctype = frappe.local.cache["desk.reports"].get(report)
	return bool(doctype) and role_allows("Report", report) and frappe.has_permission(doctype, "report")


def may_create(doctype: str) -> bool:
	return not frappe.get_meta(doctype).issingle and frappe.has_permission(doctype, "create")


def system_group() -> dict:
	links = [
		{"label": _(name), "url": routes.list_url(name), "kind": "DocType", "name": name}
		for name in SYSTEM
		if may_read(name)
	]
	return {"name": "", "label": _("System"), "icon": "settings", "url": None, "links": links}


def customize_url(meta) -> str | None:
	"""Where those who may change this form, its list and its rights."""
	if meta.is_virtual or meta.name in NOT_CUSTOMISED or not frappe.has_permission("Customize Form", "write"):
		return None
	return routes.form_url("Customize Form", meta.name)


def mark_active(groups: list[dict], path: str) -> list[dict]:
	"""Open the group that holds the page; a page in several groups belongs to the first."""
	found = False
	for group in groups:
		group["current"] = group["url"] == path
		for link in group["links"]:
			own = unquote(link["url"].split("?")[0])
			link["active"] = not found and (path == own or path.startswith(own + "/"))
			found = found or link["active"]
			group["active"] = group.get("active") or link["active"]
		group["active"] = group.get("active") or group["current"]
	return groups


def jump_targets(nav: list[dict]) -> list[dict]:
	"""Entries of the jump box: workspaces, lists, reports and `new` forms."""
	entries, seen = [], set()
	for group in nav:
		if group["url"]:
			entries.append({"label": group["label"], "hint": _("Workspace"), "url": group["url"]})
		for link in group["links"]:
			if link["url"] in seen:
				continue
			seen.add(link["url"])
			hint = _("Report") if link["kind"] == "Report" else _("List")
			entries.append({"label": link["label"], "hint": hint, "url": link["url"]})
			if link["kind"] == "DocType" and may_create(link["name"]):
				label = _("New {0}").format(link["label"])
				entries.append({"label": label, "hint": _("Create"), "url": routes.form_url(link["name"])})
	return entries
