"""Filters of a list kept under a name, for oneself or for everyone: Frappe's DocType List Filter."""

import frappe
from django.http import HttpResponseRedirect, QueryDict
from django.views.decorators.http import require_POST
from frappe import _

from desk import routes
from desk.list_query import ListQuery


def read(doctype: str) -> list[dict]:
	"""[{label, url}] of those that this user sees."""
	rows = frappe.get_all(
		"List Filter",
		filters={"reference_doctype": doctype, "for_user": ("in", ["", frappe.session.user])},
		fields=["filter_name", "filters"],
		order_by="filter_name asc",
	)
	return [{"label": _(row.filter_name), "url": _url(doctype, row.filters)} for row in rows]


def _url(doctype: str, filters: str) -> str:
	params = QueryDict(mutable=True)
	for _doctype, fieldname, operator, value, *_hidden in frappe.parse_json(filters or "[]"):
		params.appendlist(fieldname, frappe.as_json([operator, value], indent=None))
	return f"{routes.list_url(doctype)}?{params.urlencode()}"


@require_POST
def save(request, slug: str):
	"""Keeps the filters of the posted address. For everyone: who may customise the form."""
	doctype, query = routes.doctype_for(slug), request.POST.get("query", "")
	frappe.has_permission(doctype, "read", throw=True)
	filters = ListQuery(doctype, QueryDict(query.lstrip("?"))).filters
	name = request.POST.get("filter_name", "").strip()
	if not name or not filters:
		frappe.throw(_("Set filters first, then give them a name."))
	everyone = request.POST.get("everyone") and frappe.has_permission("Customize Form", "write")
	frappe.get_doc(
		doctype="List Filter",
		filter_name=name,
		reference_doctype=doctype,
		for_user="" if everyone else frappe.session.user,
		filters=frappe.as_json([[doctype, *condition, False] for condition in filters], indent=None),
	).insert()
	return HttpResponseRedirect(routes.list_url(doctype) + (query if query.startswith("?") else ""))
