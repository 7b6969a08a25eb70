"""Link search: what a Link field offers while someone types."""

import frappe

SEARCHABLE = frozenset(
	{"Data", "Text", "Small Text", "Long Text", "Link", "Select", "Read Only", "Text Editor", "Autocomplete"}
)


@frappe.whitelist()
def search_link(
	doctype: str,
	txt: str,
	query: str | None = None,
	filters: str | dict | list | None = None,
	page_length: int = 10,
	searchfield: str | None = None,
	reference_doctype: str | None = None,
	ignore_user_permissions: bool = False,
) -> list[dict]:
	"""Up to `page_length` records that the user may read: `value`, `description` and, with a title, `label`.

	Names and titles that start with the text come before those that merely contain it.
	"""
	meta = frappe.get_meta(doctype)
	txt, limit = (txt or "").strip(), min(int(page_length), 100)
	rows = {}
	for pattern in (f"{_literal(txt)}%", f"%{_literal(txt)}%") if txt else (None,):
		found = _query(meta, pattern, filters, limit)
		rows.update((row["name"], row) for row in found if row["name"] not in rows)
		if len(rows) >= limit:
			break
	return [_suggestion(meta, row) for row in list(rows.values())[:limit]]


def _literal(txt: str) -> str:
	return txt.replace("%", "").replace("\\", "")


def _query(meta, pattern, filters, limit):
	filters = frappe.parse_json(filters) if isinstance(filters, str) and filters else filters
	if isinstance(filters, dict):
		filters = [[meta.name, key, *_condition(value)] for key, value in filters.items()]
	filters = [*(filters or []), *_enabled(meta)]
	fields = search_fields(meta)
	or_filters = [[meta.name, field, "like", pattern] for field in fields] if pattern else None
	return frappe.get_list(
		meta.name, filters=filters, or_filters=or_filters, fields=fields, limit_page_length=limit
	)


def _condition(value):
	return value if isinstance(value, list | tuple) and len(value) == 2 else ("=", value)


def _enabled(meta) -> list:
	"""Records that are switched off are not offered."""
	return [
		[meta.name, field, "=", value]
		for field, value in (("enabled", 1), ("disabled", 0))
		if meta.has_field(field) and meta.get_field(field).fieldtype == "Check"
	]


def search_fields(meta) -> list[str]:
	names = ["name", meta.title_field, *(field.strip() for field in (meta.search_fields or "").split(","))]
	readable = {"name", *meta.get_permitted_fieldnames()}
	fields = {name: meta.get_field(name) for name in names if name in readable}
	return [name for name, df in fields.items() if name == "name" or (df and df.fieldtype in SEARCHABLE)]


def _suggestion(meta, row) -> dict:
	title = row.get(meta.title_field) if meta.title_field else None
	texts = [str(value) for field, value in row.items() if value and field != "name"]
	if meta.get("show_title_field_in_link") and title:
		others = [row["name"], *(text for text in texts if text != title)]
		return {"value": row["name"], "label": title, "description": ", ".join(others)}
	return {"value": row["name"], "description": ", ".join(dict.fromkeys(texts))}
