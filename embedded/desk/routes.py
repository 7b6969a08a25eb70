"""Slugs: `CRM Customer` <-> `crm-customer`, the URL spelling of Frappe's desk."""

from urllib.parse import quote, urlencode

import frappe


def slug(name: str) -> str:
	return name.lower().replace(" ", "-").replace("/", "-")


def doctype_for(url_slug: str) -> str | None:
	"""The DocType behind a slug. Child tables have no pages of their own."""
	return next((name for name in doctype_names() if slug(name) == url_slug), None)


def doctype_names() -> list[str]:
	return frappe.get_all("DocType", filters={"istable": 0}, pluck="name", limit_page_length=0)


def form_url(doctype: str, name: str = "new") -> str:
	return f"/app/{slug(doctype)}/{quote(str(name), safe='')}"


def list_url(doctype: str, **filters) -> str:
	query = urlencode({key: value for key, value in filters.items() if value not in (None, "")})
	return f"/app/{slug(doctype)}" + (f"?{query}" if query else "")


def report_url(name: str, **filters) -> str:
	query = urlencode(filters)
	return f"/app/query-report/{quote(name)}" + (f"?{query}" if query else "")
