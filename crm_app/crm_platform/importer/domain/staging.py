"""Checked rows of one file, ordered for writing, on disk rather than in memory.

A private temporary SQLite database (no file name: the system removes it when the process ends, even by kill)
groups the lines of an invoice wherever they stand in the file. The same file gives the same order each time,
so a position in it is a checkpoint.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter

from crm_app.crm_platform.importer.domain.errors import Problem
from crm_app.crm_platform.importer.domain.lines import Line
from crm_app.utils.rules import _

BATCH = 10_000
PAGES_IN_MEMORY_KB = 32_768
# Databases compare ids without regard to case: two spellings would clash there, so they are one here.
TYPES = {"row_no": "INTEGER PRIMARY KEY", "invoice": "COLLATE NOCASE", "customer": "COLLATE NOCASE"}
COLUMNS = ", ".join(f"{name} {TYPES.get(name, '')}" for name in Line._fields)
MIXED = _("belongs to customer {0} in row {1} already")


class Stage:
	"""Fill with `add_line` and `add_problem`, `close_lines`, then read customers, invoices and problems."""

	def __init__(self):
		self.db = sqlite3.connect("", isolation_level=None)
		self.db.execute(f"PRAGMA cache_size = -{PAGES_IN_MEMORY_KB}")
		self.db.execute("PRAGMA journal_mode = OFF")
		self.db.execute("PRAGMA synchronous = OFF")
		self.db.execute(f"CREATE TABLE line ({COLUMNS})")
		self.db.execute("CREATE TABLE problem (row_no INTEGER, field, value, template, slots)")
		self._lines, self._problems = [], []

	def add_line(self, line: Line) -> None:
		self._lines.append(line)
		if len(self._lines) >= BATCH:
			self._flush()

	def add_problem(self, row_no: int, problem: Problem) -> None:
		slots = "\x1f".join(str(value) for value in problem.values)
		self._problems.append((row_no, problem.column, problem.value, problem.template, slots))
		if len(self._problems) >= BATCH:
			self._flush()

	def _flush(self) -> None:
		places = ", ".join("?" * len(Line._fields))
		self.db.execute("BEGIN")
		self.db.executemany(f"INSERT INTO line VALUES ({places})", self._lines)
		self.db.executemany("INSERT INTO problem VALUES (?, ?, ?, ?, ?)", self._problems)
		self.db.execute("COMMIT")
		self._lines.clear()
		self._problems.clear()

	def close_lines(self) -> None:
		"""All rows are in: find invoices that name two customers, then number invoices and customers."""
		self._flush()
		self._unify("customer")
		self._unify("invoice")
		self.db.execute("CREATE INDEX line_invoice ON line (invoice, row_no)")
		self._part_mixed_invoices()
		self.db.execute(
			"CREATE TABLE invoice AS SELECT invoice, MIN(row_no) AS first FROM line"
			" GROUP BY invoice ORDER BY first"
		)
		self.db.execute(
			"CREATE TABLE customer AS SELECT customer, MIN(row_no) AS first FROM line"
			" GROUP BY customer ORDER BY customer"
		)

	def _unify(self, column: str) -> None:
		"""Ids that differ in case only take their first spelling."""
		spelled = self.db.execute(
			f"SELECT {column}, MIN(row_no) FROM line GROUP BY {column}"
			f" HAVING COUNT(DISTINCT {column} COLLATE BINARY) > 1"
		).fetchall()
		self.db.executemany(
			f"UPDATE line SET {column} = ? WHERE {column} = ?", [(name, name) for name, _row in spelled]
		)

	def _part_mixed_invoices(self) -> None:
		mixed = self.db.execute(
			"SELECT l.row_no, l.customer, f.customer, f.row_no FROM"
			" (SELECT invoice, MIN(row_no) AS first FROM line GROUP BY invoice) g"
			" JOIN line f ON f.row_no = g.first JOIN line l ON l.invoice = g.invoice"
			" WHERE l.customer <> f.customer"
		).fetchall()
		for row_no, customer, owner, first in mixed:
			self.add_problem(row_no, Problem("invoice", customer, MIXED, (owner, first)))
		self.db.executemany("DELETE FROM line WHERE row_no = ?", [row[:1] for row in mixed])
		self._flush()

	def count(self, table: str) -> int:
		return self.db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]

	def bad_rows(self) -> int:
		return self.db.execute("SELECT COUNT(DISTINCT row_no) FROM problem").fetchone()[0]

	def problems(self, after: int, size: int) -> Iterator[list[tuple[int, Problem]]]:
		"""Lists of (row number, problem) in the order of the file, from position `after`."""
		found = self.db.execute(
			"SELECT row_no, field, value, template, slots FROM problem"
			" ORDER BY row_no, rowid LIMIT -1 OFFSET ?",
			(after,),
		)
		for batch in batched(found, size):
			yield [(row[0], Problem(*row[1:4], tuple(row[4].split("\x1f")))) for row in batch]

	def customers(self, after: int, size: int) -> Iterator[list[Line]]:
		"""Each customer's first line, in the order of the customers' ids."""
		found = self.db.execute(
			f"SELECT {self._of('l')} FROM customer c CROSS JOIN line l ON l.row_no = c.first"
			" WHERE c.rowid > ? ORDER BY c.rowid",
			(after,),
		)
		for batch in batched(found, size):
			yield [Line._make(row) for row in batch]

	def invoices(self, after: int, size: int) -> Iterator[list[list[Line]]]:
		"""Lists of invoices, each a list of its lines."""
		found = self.db.execute(
			f"SELECT i.rowid, {self._of('l')} FROM invoice i CROSS JOIN line l ON l.invoice = i.invoice"
			" WHERE i.rowid > ? ORDER BY i.rowid, l.row_no",
			(after,),
		)
		grouped = ([Line._make(row[1:]) for row in rows] for _no, rows in groupby(found, key=itemgetter(0)))
		yield from batched(grouped, size)

	@staticmethod
	def _of(alias: str) -> str:
		return ", ".join(f"{alias}.{name}" for name in Line._fields)

	def close(self) -> None:
		self.db.close()


def batched(items: Iterable, size: int) -> Iterator[list]:
	iterator = iter(items)
	while batch := list(islice(iterator, size)):
		yield batch
