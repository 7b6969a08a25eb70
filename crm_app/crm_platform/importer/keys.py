"""Which records a file means: its keys against those that are there, and against its own earlier rows."""

import frappe

from crm_app.crm_customers.domain.profile import external_key
from crm_app.utils.phone import BadNumber, normalise_mobile
from crm_app.utils.settings import setting


class KeyFinder:
	"""Looks keys up a batch at a time. An external id counts together with the import's source system."""

	def __init__(self, record, doctype: str):
		self.doctype, self.field = doctype, record.key_field or ""
		self.system = record.source_system
		meta = frappe.get_meta(doctype)
		self.composite = self.field == "external_id" and meta.has_field("external_key")
		self.first_row: dict[int, int] = {}
		self.names: dict[str, list[str]] = {}

	def spelled(self, key: str) -> str:
		"""As the record stores it: E.164 for a mobile number, the system before an external id."""
		if self.composite:
			return external_key(self.system, key) or ""
		if self.field == "mobile_no":
			try:
				return normalise_mobile(key, setting("default_region"))
			except BadNumber:
				return key
		return key

	def is_repeated(self, row_no: int, key: str) -> int:
		"""The row that had the same key before, or 0. Only hashes are kept, for files of millions of rows."""
		if not key:
			return 0
		first = self.first_row.setdefault(hash(self.spelled(key).casefold()), row_no)
		return first if first != row_no else 0

	def look_up(self, keys: list[str]) -> None:
		self.names = {}
		wanted = [self.spelled(key) for key in keys if key]
		if not self.field or not wanted:
			return
		field = "external_key" if self.composite else self.field
		found = frappe.get_all(
			self.doctype, filters={field: ["in", wanted]}, fields=["name", field], limit_page_length=0
		)
		for row in found:
			self.names.setdefault(str(row[field]).casefold(), []).append(row.name)

	def found(self, key: str) -> list[str]:
		"""Names of the records with this key."""
		return self.names.get(self.spelled(key).casefold(), []) if key else []
