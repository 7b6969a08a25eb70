"""Closes a hole of the framework: it drops fields that a user may not read, but filters and sorts by them.

A filter `mobile_no like 138%` would tell the number digit by digit. So a request about a DocType with private
fields may not name one that its user may not read, neither in filters, order, grouping nor as searched field.
"""

import re

import frappe
from frappe import _

from crm_app.crm_customers.privacy import PRIVATE, hidden_fields

NAMED_IN = (
	"filters",
	"or_filters",
	"order_by",
	"group_by",
	"searchfield",
	"filter_fields",
	"sort_by",
)
RESOURCE = re.compile(r"/api/(?:v\d/)?(?:resource|document)/([^/]+)/?$")


def check() -> None:
	"""auth_hooks: on every request, once its user is known. Throws PermissionError."""
	given = frappe.local.form_dict or {}
	if not any(given.get(name) for name in NAMED_IN):
		return
	named = _doctypes(given)
	hidden = set().union(*(hidden_fields(doctype) for doctype in named)) if named else set()
	if hidden and (found := _named(given, hidden)):
		frappe.throw(
			_("You do not have permission to access field: {0}").format(found), frappe.PermissionError
		)


def _doctypes(given: dict) -> set[str]:
	"""Those that the request is about, and those that its filters reach into."""
	from urllib.parse import unquote

	path = unquote(getattr(frappe.local.request, "path", "") or "")
	match = RESOURCE.search(path)
	about = {given.get("doctype"), given.get("doc_type"), given.get("parent"), match[1] if match else None}
	if "CRM Customer" in about:
		about.add("CRM Customer Contact")
	texts = " ".join(str(given.get(name) or "") for name in NAMED_IN)
	return {name for name in PRIVATE if name in about or name in texts}


def _named(given: dict, hidden: set[str]) -> str:
	for name in NAMED_IN:
		words = set(re.findall(r"\w+", str(given.get(name) or "")))
		if found := words & hidden:
			return sorted(found)[0]
	return ""
