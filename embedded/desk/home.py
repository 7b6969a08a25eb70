"""Workspaces as home pages: headings, shortcuts with counts, links, number cards and charts."""

import logging

import frappe
from django.http import HttpResponseRedirect, JsonResponse
from frappe import _
from frappe.desk.aggregate import parse_filters
from frappe.desk.reportview import get_count

from desk import charts, routes, shell

logger = logging.getLogger("desk.home")
COLOURS = {
	"Grey": "gray",
	"Green": "green",
	"Red": "red",
	"Orange": "orange",
	"Blue": "blue",
	"Yellow": "yellow",
}


def index(request):
	"""The first workspace the user may see."""
	for group in shell.navigation():
		if group["url"]:
			return HttpResponseRedirect(group["url"])
	return shell.render(request, "desk/error.html", _("Home"), heading=_("Nothing here yet"), text="")


def workspace_for(slug: str):
	return next((row for row in shell.workspaces() if routes.slug(row.name) == slug), None)


def show(request, row):
	doc = frappe.get_cached_doc("Workspace", row.name)
	content = frappe.parse_json(doc.content or "[]")
	blocks = [block for item in content if (block := build(doc, item))]
	return shell.render(request, "desk/workspace.html", _(doc.title or doc.name), blocks=blocks)


def build(doc, item: dict) -> dict | None:
	"""One block of the workspace's content, or None when the reader may not see it."""
	data = item.get("data") or {}
	maker = BUILDERS.get(item.get("type"))
	said = len(frappe.local.message_log)
	try:
		block = maker(doc, data) if maker else None
	except frappe.PermissionError:
		block = None
	except Exception:  # one broken card or filter must not take the whole page away
		logger.exception("workspace %s: %s", doc.name, item)
		block = None
	if not block:
		del frappe.local.message_log[said:]  # nobody asked for what the reader may not see
	return {"kind": item["type"], "span": data.get("col") or 12, **block} if block else None


def header(doc, data):
	return {"text": _(frappe.utils.strip_html(data.get("text") or ""))}


def paragraph(doc, data):
	return {"text": _(frappe.utils.strip_html(data.get("text") or ""))}


def named(rows, label: str, *keys: str):
	return next((row for row in rows if label in [row.get(key) for key in keys]), None)


def shortcut(doc, data):
	row = named(doc.shortcuts, data.get("shortcut_name"), "label", "link_to")
	if not row:
		return None
	url = row.url if row.type == "URL" else shell.link_url(row.type, row.link_to)
	block = {
		"label": _(row.label),
		"url": url,
		"colour": COLOURS.get(row.color or "Grey", "blue"),
		"count": None,
	}
	if row.type == "DocType" and row.stats_filter and row.doc_view != "New":
		block["url"] = charts.filtered_list(row.link_to, row.stats_filter)
		block["count"] = _(row.format or "{}").replace("{}", f"{stats(row):,}")
	return block


def stats(row) -> int:
	return get_count(row.link_to, filters=parse_filters(row.stats_filter))


def number_card(doc, data):
	row = named(doc.number_cards, data.get("number_card_name"), "label", "number_card_name")
	return charts.card(row.number_card_name if row else data.get("number_card_name"))


def chart(doc, data):
	row = named(doc.charts, data.get("chart_name"), "label", "chart_name")
	name = row.chart_name if row else data.get("chart_name")
	return {"label": _((row and row.label) or name), "name": name} if charts.may_see(name) else None


def link_card(doc, data):
	"""The links between this card's break and the next."""
	links, inside = [], False
	for row in doc.links:
		if row.type == "Card Break":
			inside = row.label == data.get("card_name")
		elif inside and (url := shell.link_url(row.link_type, row.link_to)):
			links.append({"label": _(row.label or row.link_to), "url": url, "kind": row.link_type})
	return {"label": _(data.get("card_name")), "links": links} if links else None


def spacer(doc, data):
	return {"text": ""}


BUILDERS = {
	"header": header,
	"paragraph": paragraph,
	"shortcut": shortcut,
	"number_card": number_card,
	"chart": chart,
	"card": link_card,
	"spacer": spacer,
}


def chart_data(request, name: str):
	return JsonResponse(charts.chart(name), json_dumps_params={"default": str})
