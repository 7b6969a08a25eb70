"""Cells to values where the site's own words are needed: options of a Select, records behind a Link."""

import frappe
from frappe import _

from crm_app.crm_platform.importer.domain import cells
from crm_app.crm_platform.importer.domain.cells import BadCell
from crm_app.crm_platform.importer.domain.mapping import spelling
from crm_app.utils.rules import _ as marked

KEPT = 20_000  # answers about links; beyond that they are asked again


def read_value_map(text: str | None) -> dict[str, str]:
	"""Lines `value in the file = value here`; lines without a right side are proposals nobody filled in."""
	found = {}
	for line in (text or "").splitlines():
		given, equals, meant = line.rpartition("=")
		if equals and given.strip() and meant.strip():
			found[cells.plain(given).casefold()] = meant.strip()
	return found


class ValueReader:
	"""`read(df, text)` for any field; knows options by their translations and links by their titles."""

	def __init__(self, date_format: str = ""):
		self.date_format = date_format
		self.options: dict[tuple, dict[str, str]] = {}
		self.links: dict[tuple[str, str], str] = {}

	def read(self, df, text: str, value_map: dict[str, str] | None = None):
		"""Raises BadCell with the reason."""
		text = (value_map or {}).get(cells.plain(text).casefold(), text)
		if df.fieldtype == "Select":
			return self.option(df, cells.plain(text))
		if df.fieldtype == "Link":
			return self.link(df.options, cells.plain(text))
		if df.fieldtype == "Table MultiSelect":
			return self.several(df, text)
		options = df.options or ""
		return cells.read(text, df.fieldtype, df.fieldname, options, self.date_format)

	def option(self, df, text: str) -> str:
		known = self.known_options(df)
		if spelling(text) in known:
			return known[spelling(text)]
		listed = ", ".join(_(option) for option in dict.fromkeys(known.values()))
		raise BadCell(marked("{0} is none of: {1}"), text, listed)

	def known_options(self, df) -> dict[str, str]:
		key = (df.parent, df.fieldname)
		if key not in self.options:
			found: dict[str, str] = {}
			for option in filter(None, (df.options or "").split("\n")):
				for name in (option, _(option), _(option, "zh")):
					found.setdefault(spelling(name), option)
			self.options[key] = found
		return self.options[key]

	def link(self, doctype: str, text: str) -> str:
		key = (doctype, text.casefold())
		if key not in self.links:
			if len(self.links) >= KEPT:
				self.links.clear()
			self.links[key] = find_record(doctype, text)
		if not self.links[key]:
			raise BadCell(marked("There is no {0} {1}"), _(doctype), text)
		return self.links[key]

	def several(self, df, text: str) -> list[dict]:
		"""Rows of a table that only holds links."""
		child = frappe.get_meta(df.options)
		link = next(field for field in child.fields if field.fieldtype == "Link")
		names = dict.fromkeys(self.link(link.options, entry) for entry in cells.listed(text))
		return [{link.fieldname: name} for name in names]


def find_record(doctype: str, text: str) -> str:
	"""By name, else by title where only one record has it; "" for none."""
	if name := frappe.db.exists(doctype, text):
		return name
	meta = frappe.get_meta(doctype)
	title = meta.title_field or ("full_name" if doctype == "User" else "")
	if not title or not meta.has_field(title):
		return ""
	found = frappe.get_all(doctype, filters={title: text}, pluck="name", limit_page_length=2)
	return found[0] if len(found) == 1 else ""
