"""Records of a file, each through its own Document: all rules, hooks and permissions of the DocType apply."""

import json

import frappe
from frappe import _
from frappe.utils import flt

from crm_app.crm_platform.importer.bulk import BulkTable
from crm_app.crm_platform.importer.checkpoint import Checkpoint
from crm_app.crm_platform.importer.domain.errors import Problem
from crm_app.crm_platform.importer.domain.staging import batched
from crm_app.crm_platform.importer.errors import ErrorWriter
from crm_app.crm_platform.importer.groups import Entry, EntryReader
from crm_app.crm_platform.importer.keys import KeyFinder
from crm_app.crm_platform.importer.look_alikes import LookAlikes
from crm_app.crm_platform.importer.refusals import as_problem
from crm_app.crm_platform.importer.sheet import Sheet, document_type
from crm_app.crm_platform.importer.values import ValueReader
from crm_app.utils.rules import _ as marked

RECORDS_A_STEP = 100
SAVEPOINT = "crm_import_row"
REPEATED = marked("The same id stands in row {0} already")
EMPTY_KEY = marked("is empty, so that no record can be found by it")
NOT_FOUND = marked("There is no {0} {1}")
SEVERAL = marked("{0} records have this key")
NOT_FOR_YOU = marked("You may neither add nor change a record with this key")
REFUSED = (frappe.ValidationError, frappe.PermissionError, frappe.NameError)
NUMBERS = ("Int", "Float", "Currency", "Percent", "Check", "Rating")


class NotTheirs(Exception):
	"""The key means a record that the user may not write."""


class RecordWriter:
	"""Inserts and updates as the import's mode says. A dry run does the same and takes it back."""

	def __init__(self, record, sheet: Sheet, checkpoint: Checkpoint, errors: ErrorWriter):
		self.record, self.sheet, self.checkpoint, self.errors = record, sheet, checkpoint, errors
		self.doctype = document_type(record)
		self.meta = frappe.get_meta(self.doctype)
		self.reader = EntryReader(sheet, record.key_field, ValueReader(record.date_format or ""))
		self.keys = KeyFinder(record, self.doctype)
		self.look_alikes = LookAlikes(self.doctype, bool(record.dry_run))
		self.log = BulkTable("CRM Import Row", crm_import=record.name, document_type=self.doctype)
		self.counted: dict[str, int] = {}
		self.written: dict[str, dict] = {}

	def write(self) -> None:
		self.checkpoint.enter("Records")
		done = self.checkpoint.position + self.sheet.header_row if self.checkpoint.position else 0
		for rows in self.reader.entries():
			if rows[0][0] > done:
				break
			self.keys.is_repeated(rows[0][0], self.reader.key_of(rows[0][1]))
		for batch in batched(self.reader.entries(done), RECORDS_A_STEP):
			last = batch[-1][-1][0] - self.sheet.header_row
			with self.checkpoint.step(last - self.checkpoint.position) as self.counted:
				self._write_batch([self.reader.read(rows) for rows in batch])

	def _write_batch(self, entries: list[Entry]) -> None:
		self.keys.look_up([entry.key for entry in entries])
		self.look_alikes.look_up([entry.values for entry in entries])
		self.written = {}
		# Frappe notes each insert there, without its name, never takes it off, and searches it at each save.
		frappe.flags.currently_saving = []
		for entry in entries:
			self._write_entry(entry)
		self._note_written()
		self.errors.table.insert()

	def _write_entry(self, entry: Entry) -> None:
		if not entry.problems:
			self._check_key(entry)
		if entry.problems:
			self._refuse(entry)
			return
		names = self.keys.found(entry.key)
		if names and self.record.mode == "Insert New":
			self.counted["records_existing"] += 1
			return
		self._warn(entry, names[0] if names else None)
		self._save(entry, names[0] if names else None)

	def _check_key(self, entry: Entry) -> None:
		header = self.reader.key_column.header if self.reader.key_column else ""
		names = self.keys.found(entry.key)
		complain = lambda *said: entry.problems.append(  # noqa: E731
			(entry.row_no, Problem(header, entry.key, *said))
		)
		if first := self.keys.is_repeated(entry.row_no, entry.key):
			complain(REPEATED, (first,))
		elif self.record.mode == "Update Existing" and not entry.key:
			complain(EMPTY_KEY)
		elif self.record.mode == "Update Existing" and not names:
			complain(NOT_FOUND, (_(self.doctype), entry.key))
		elif self.record.mode != "Insert New" and len(names) > 1:
			complain(SEVERAL, (len(names),))

	def _refuse(self, entry: Entry) -> None:
		for row_no, problem in entry.problems:
			self.errors.add(row_no, problem)
		told = {row_no for row_no, _problem in entry.problems}
		for row_no, _row in entry.rows:
			if row_no not in told:
				first = min(told)
				self.errors.add(row_no, Problem("", "", marked("Stays out because of row {0}"), (first,)))
		self.counted["rows_bad"] += len(entry.rows)

	def _warn(self, entry: Entry, name: str | None) -> None:
		for fieldname, value, other in self.look_alikes.of(entry.row_no, entry.values, name):
			header = next(
				(c.header for c in self.reader.own if c.filled.target.field == fieldname), fieldname
			)
			problem = Problem(header, value, marked("Likely a duplicate of {0}"), (other,))
			self.errors.add(entry.row_no, problem, kind="Warning")
			self.counted["rows_warned"] += 1

	def _save(self, entry: Entry, name: str | None) -> None:
		frappe.db.savepoint(SAVEPOINT)
		try:
			changed = self._update(entry, name) if name else self._insert(entry)
		except (*REFUSED, NotTheirs) as refused:
			frappe.db.rollback(save_point=SAVEPOINT)
			frappe.clear_messages()
			problem = self._not_theirs(entry) if isinstance(refused, NotTheirs) else self._as_problem(refused)
			entry.problems.append((entry.row_no, problem))
			self._refuse(entry)
			return
		if not changed:
			self.counted["records_existing"] += 1
		elif self.record.dry_run:
			frappe.db.rollback(save_point=SAVEPOINT)

	def _as_problem(self, refused: Exception) -> Problem:
		return as_problem(refused, self.doctype, self.sheet)

	def _not_theirs(self, entry: Entry) -> Problem:
		"""In words that do not tell whether there is such a record, as far as the mode allows."""
		header = self.reader.key_column.header if self.reader.key_column else ""
		if self.record.mode == "Update Existing":
			return Problem(header, entry.key, NOT_FOUND, (_(self.doctype), entry.key))
		return Problem(header, entry.key, NOT_FOR_YOU)

	def _insert(self, entry: Entry) -> bool:
		values = {**entry.values, **entry.tables}
		if self.meta.has_field("import_batch"):
			values["import_batch"] = self.record.name
		if self.meta.has_field("source_system") and (values.get("external_id") or self._is_customer):
			values.setdefault("source_system", self.record.source_system)
		if self._is_customer:
			values.setdefault("source", "Import")
		name = values.pop("name", None)
		doc = frappe.get_doc({"doctype": self.doctype, **values})
		doc.insert(set_name=name) if name else doc.insert()
		if self.record.submit_records and self.meta.is_submittable:
			doc.submit()
		self.counted["records_created"] += 1
		self.counted["customers_created"] += int(self._is_customer)
		self._log(entry, doc, "Inserted", {})
		return True

	@property
	def _is_customer(self) -> bool:
		return self.doctype == "CRM Customer"

	def _update(self, entry: Entry, name: str) -> bool:
		"""Empty cells leave a value as it is. Returns whether anything was different."""
		doc = frappe.get_doc(self.doctype, name)
		if not doc.has_permission("write"):
			raise NotTheirs
		before = {}
		for fieldname, value in entry.values.items():
			if fieldname not in ("name", self.record.key_field) and not self._same(
				fieldname, doc.get(fieldname), value
			):
				before[fieldname] = doc.get(fieldname)
				doc.set(fieldname, value)
		for table, rows in entry.tables.items():
			self._update_table(doc, table, rows, before)
		if not before:
			return False
		doc.save()
		self.counted["records_updated"] += 1
		self._log(entry, doc, "Updated", before)
		return True

	def _same(self, fieldname: str, old, new) -> bool:
		df = self.meta.get_field(fieldname)
		if df and df.fieldtype in NUMBERS:
			return flt(old) == flt(new)
		return str(old if old is not None else "") == str(new)

	def _update_table(self, doc, table: str, rows: list[dict], before: dict) -> None:
		there = [row.as_dict() for row in doc.get(table)]
		new = [row for row in rows if not any(_holds(old, row) for old in there)]
		replaces = self.record.child_rows == "Replace" and (new or len(there) != len(rows))
		if not new and not replaces:
			return
		before[table] = there
		if replaces:
			doc.set(table, [])
		for row in rows if replaces else new:
			doc.append(table, row)

	def _log(self, entry: Entry, doc, action: str, before: dict) -> None:
		if self.record.dry_run:
			return
		kept = json.dumps(before, default=str, ensure_ascii=False) if before else ""
		self.written[doc.name] = {"row_no": entry.row_no, "action": action, "before": kept}

	def _note_written(self) -> None:
		"""What an undo needs; `modified` as it is after all hooks."""
		if not self.written:
			return
		names = list(self.written)
		found = frappe.get_all(
			self.doctype, filters={"name": ["in", names]}, fields=["name", "modified"], limit_page_length=0
		)
		for row in found:
			stamp = str(row.modified)
			self.log.add(
				name=frappe.generate_hash(length=20),
				docname=str(row.name),
				stamp=stamp,
				**self.written[row.name],
			)
		self.log.insert()


def _holds(old: dict, row: dict) -> bool:
	return all(str(old.get(name) if old.get(name) is not None else "") == str(v) for name, v in row.items())
