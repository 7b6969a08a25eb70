"""Likely duplicates: the same number, address or name with address, in the file or among the records."""

from collections.abc import Iterator

import frappe
from frappe import _

from crm_app.crm_platform.importer.domain.mapping import spelling
from crm_app.utils.phone import BadNumber, normalise_mobile
from crm_app.utils.settings import setting

TELLING = ("mobile_no", "email_id", "id_number")
WHERE = ("address", "city")


class LookAlikes:
	"""One query a batch and field. Only DocTypes that have such fields are looked at.

	A record that the user may not read is told without its name, and by the real run only: two customers for
	one person are what the warning is to prevent, whoever looks after the first. But a dry run leaves no
	trace, can be repeated, and would be a way to ask which numbers are known.
	"""

	def __init__(self, doctype: str, dry_run: bool = False):
		self.doctype, self.dry_run = doctype, dry_run
		meta = frappe.get_meta(doctype)
		self.fields = [name for name in TELLING if meta.has_field(name)]
		self.title = meta.title_field if all(map(meta.has_field, WHERE)) else ""
		self.known: dict[tuple[str, str], str] = {}
		self.hidden: set[str] = set()
		self.in_file: dict[int, int] = {}

	def look_up(self, batch: list[dict]) -> None:
		self.known = {}
		for name in self.fields:
			values = {same for row in batch if (same := _normal(name, row.get(name)))}
			for found in self._having(name, values, [name]):
				self.known[name, _normal(name, found[name])] = found.name
		if self.title:
			titles = {row[self.title] for row in batch if row.get(self.title) and row.get("address")}
			for found in self._having(self.title, titles, [self.title, *WHERE]):
				self.known["address", self._place(found)] = found.name
		self.hidden = {*self.known.values()} - readable(self.doctype, {*self.known.values()})

	def _having(self, field: str, values: set, fields: list[str]) -> list:
		if not values:
			return []
		return frappe.get_all(
			self.doctype,
			filters={field: ["in", sorted(values)]},
			fields=["name", *fields],
			limit_page_length=0,
		)

	def of(self, row_no: int, values: dict, name: str | None) -> Iterator[tuple[str, str, str]]:
		"""(field, value, what it resembles) of a row; `name` is the record that the row updates."""
		for field in self.fields:
			if same := _normal(field, values.get(field)):
				if other := self._other(field, same, row_no, name):
					yield field, str(values[field]), other
		if self.title and values.get(self.title) and values.get("address"):
			if other := self._other("address", self._place(values), row_no, name):
				yield "address", str(values["address"]), other

	def _other(self, field: str, same: str, row_no: int, name: str | None) -> str:
		known = self.known.get((field, same))
		if known and known != name and not (known in self.hidden and self.dry_run):
			return _("a record that you may not see") if known in self.hidden else known
		first = self.in_file.setdefault(hash((field, same)), row_no)
		return _("row {0}").format(first) if first != row_no else ""

	def _place(self, row: dict) -> str:
		return spelling("".join(str(row.get(name) or "") for name in (self.title, *WHERE)))


def readable(doctype: str, names: set[str]) -> set[str]:
	"""Those of `names` that the user may read, in one query."""
	if not names or not frappe.has_permission(doctype, "read"):
		return set()
	return {*frappe.get_list(doctype, {"name": ["in", sorted(names)]}, pluck="name", limit_page_length=0)}


def _normal(field: str, value) -> str:
	if not value:
		return ""
	if field != "mobile_no":
		return str(value).strip().casefold()
	try:
		return normalise_mobile(str(value), setting("default_region"))
	except BadNumber:
		return ""
