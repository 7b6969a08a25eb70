"""Customers of a file, each through its own Document: all rules and hooks of CRM Customer apply."""

from collections.abc import Iterator

import frappe

from crm_app.crm_platform.importer.bulk import existing
from crm_app.crm_platform.importer.checkpoint import Checkpoint
from crm_app.crm_platform.importer.domain.errors import Problem
from crm_app.crm_platform.importer.domain.staging import batched
from crm_app.crm_platform.importer.domain.values import clean, identifier, moment
from crm_app.crm_platform.importer.errors import ErrorWriter
from crm_app.utils.rules import _

ROWS_A_STEP = 100
SAVEPOINT = "crm_import_row"
REPEATED = _("The same id stands in row {0} already")
WIDTH = _("The row has {0} columns instead of {1}")


class CustomerWriter:
	"""Inserts new customers; those whose external key is known already stay as they are."""

	def __init__(self, record, places: dict[str, int], checkpoint: Checkpoint, errors: ErrorWriter):
		self.record, self.places, self.checkpoint, self.errors = record, places, checkpoint, errors
		self.first_row: dict[str, int] = {}
		self.counted: dict[str, int] = {}
		self.width = 0

	def write(self, rows: Iterator[list[str]], width: int) -> None:
		"""`rows` without the header. A dry run inserts and takes back, so that every rule has spoken."""
		self.width = width
		self.checkpoint.enter("Customers")
		numbered = enumerate(rows, 2)
		for row_no, row in numbered:
			if row_no - 2 < self.checkpoint.position:
				self._is_repeated(row_no, row)
			else:
				self._write_batches(_chain((row_no, row), numbered))

	def _write_batches(self, numbered) -> None:
		for batch in batched(numbered, ROWS_A_STEP):
			with self.checkpoint.step(len(batch)) as self.counted:
				keys = [self._key(row) for _row_no, row in batch if len(row) == self.width]
				known = existing("CRM Customer", "external_key", keys)
				for row_no, row in batch:
					self._write_row(row_no, row, known)
				self.errors.table.insert()

	def _key(self, row: list[str]) -> str:
		return f"{self.record.source_system}:{identifier(row[self.places['external_id']])}"

	def _write_row(self, row_no: int, row: list[str], known: dict) -> None:
		if len(row) != self.width:
			self._complain(row_no, Problem("", "", WIDTH, (len(row), self.width)))
		elif first := self._is_repeated(row_no, row):
			identity = row[self.places["external_id"]]
			self._complain(row_no, Problem("external_id", identity, REPEATED, (first,)))
		elif self._key(row).casefold() in known:
			self.counted["records_existing"] += 1
		else:
			self._insert(row_no, row)

	def _is_repeated(self, row_no: int, row: list[str]) -> int:
		"""The row that had the same id before, or 0."""
		if len(row) != self.width:
			return 0
		identity = identifier(row[self.places["external_id"]]).casefold()
		first = self.first_row.setdefault(identity, row_no)
		return first if first != row_no else 0

	def _insert(self, row_no: int, row: list[str]) -> None:
		frappe.db.savepoint(SAVEPOINT)
		try:
			self._document(row).insert()
		except frappe.ValidationError as refused:
			frappe.db.rollback(save_point=SAVEPOINT)
			frappe.clear_messages()
			self._complain(row_no, Problem("", "", "{0}", (str(refused),)))
			return
		self.counted["customers_created"] += 1
		if self.record.dry_run:
			frappe.db.rollback(save_point=SAVEPOINT)

	def _document(self, row: list[str]):
		values = {name: clean(row[place]) for name, place in self.places.items()}
		values["external_id"] = identifier(values["external_id"])
		values["birthday"] = _iso_date(values.get("birthday", ""))
		values |= {"source_system": self.record.source_system, "import_batch": self.record.name}
		return frappe.get_doc(
			{"doctype": "CRM Customer", "source": "Import"} | {k: v for k, v in values.items() if v}
		)

	def _complain(self, row_no: int, problem: Problem) -> None:
		self.errors.add(row_no, problem)
		self.counted["rows_bad"] += 1


def _iso_date(text: str) -> str:
	"""What is no date goes on as it is, for the Document to refuse."""
	try:
		return moment(text)[0]
	except ValueError:
		return text


def _chain(first, rest):
	yield first
	yield from rest
