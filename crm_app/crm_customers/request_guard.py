"""Closes two holes of the framework: it drops fields that a user may not read, but filters and sorts by them;
and of two such fields that stand side by side in a request's list it drops only the first.

A filter `mobile_no like 138%` would tell the number digit by digit. So a request about a DocType with private
fields may not name one that its user may not read, neither in filters, order, grouping nor as searched field;
from the fields that it asks for they are taken out before the framework sees them.
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
ASKED_FOR = ("fields", "fieldname")
RESOURCE = re.compile(r"/api/(?:v\d/)?(?:resource|document)/([^/]+)/?$")


def check() -> None:
	"""auth_hooks: on every request, once its user is known. Throws PermissionError."""
	given = frappe.local.form_dict or {}
	if not any(given.get(name) for name in (*NAMED_IN, *ASKED_FOR)):
		return
	named = _doctypes(given)
	hidden = set().union(*(hidden_fields(doctype) for doctype in named)) if named else set()
	if hidden:
		_take_out(given, hidden)
	if hidden and (found := _named(given, hidden)):
		frappe.throw(
			_("You do not have permission to access field: {0}").format(found), frappe.PermissionError
		)


def _doctypes(given: dict) -> set[str]:
	"""Those that the request is about, and those that its filters reach into."""
	from urllib.parse import unquote

	path = unquote(getattr(getattr(frappe.local, "request", None), "path", "") or "")
	match = RESOURCE.search(path)
	about = {given.get("doctype"), given.get("doc_type"), given.get("parent"), match[1] if match else None}
	if "CRM Customer" in about:
		about.add("CRM Customer Contact")
	texts = " ".join(str(given.get(name) or "") for name in NAMED_IN)
	return {name for name in PRIVATE if name in about or name in texts}


def _take_out(given: dict, hidden: set[str]) -> None:
	"""Lists of fields without the hidden ones; each stays in the form, text or list, that it came in."""
	for name in ASKED_FOR:
		asked = given.get(name)
		listed = frappe.parse_json(asked) if isinstance(asked, str) and asked.lstrip()[:1] == "[" else asked
		if isinstance(listed, list):
			kept = [field for field in listed if not hidden & set(re.findall(r"\w+", str(field)))]
			if len(kept) < len(listed):
				given[name] = frappe.as_json(kept or ["name"]) if isinstance(asked, str) else kept or ["name"]


def _named(given: dict, hidden: set[str]) -> str:
	for name in NAMED_IN:
		words = set(re.findall(r"\w+", str(given.get(name) or "")))
		if found := words & hidden:
			return sorted(found)[0]
	return ""
