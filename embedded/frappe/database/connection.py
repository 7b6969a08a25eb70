"""SQL, transactions, savepoints and errors.

SQLite: reads run in autocommit; the first write or `for update` read takes the write lock (BEGIN IMMEDIATE),
so that a reader never has to upgrade a stale snapshot.
MariaDB: the first statement opens a REPEATABLE READ transaction, as in real Frappe.
"""

import re
from collections import deque

from django.db import connections
from django.db import utils as django_errors
from frappe.database import engines
from frappe.exceptions import QueryDeadlockError, QueryTimeoutError
from frappe.types import _dict

READS = ("select", "with", "show", "explain", "pragma", "desc", "(")


class CallbackManager:
	"""Functions to run after the next commit or rollback."""

	def __init__(self):
		self._functions = deque()

	def add(self, function):
		self._functions.append(function)
		return function

	__call__ = add

	def run(self):
		while self._functions:
			self._functions.popleft()()

	def reset(self):
		self._functions.clear()


class Connection:
	DuplicateError = django_errors.IntegrityError

	def __init__(self):
		self.connection = connections["default"]  # this thread's; Django's proxy looks it up at every use
		engines.prepare(self.connection)
		self.db_type = "sqlite" if self.connection.vendor == "sqlite" else "mariadb"
		self.is_sqlite = self.db_type == "sqlite"
		self.value_cache = {}
		self.schema_version = None
		self.forget_schema()
		self.before_commit = CallbackManager()
		self.after_commit = CallbackManager()
		self.before_rollback = CallbackManager()
		self.after_rollback = CallbackManager()

	def close(self):
		if not self.connection.get_autocommit():
			self._end("rollback")
		self.connection.close()

	# -- statements

	def sql(
		self,
		query,
		values=(),
		*args,
		as_dict=False,
		as_list=False,
		pluck=False,
		debug=False,
		auto_commit=False,
		update=None,
		explain=False,
		run=True,
		as_iterator=False,
	):
		"""Run one statement and fetch its rows: tuples, lists, dicts, or with `pluck` the first column.

		Placeholders are `%s` or `%(name)s`.
		"""
		query = str(query)
		if not run:
			return query
		as_dict = as_dict or bool(args and args[0])
		cursor = self._execute(query, values)
		if cursor.description is None:
			return []
		rows = cursor.fetchall()
		if pluck:
			return [row[0] for row in rows]
		if as_dict:
			names = [column[0] for column in cursor.description]
			out = [_dict(zip(names, row, strict=True)) for row in rows]
			return [row.update(update) for row in out] if update else out
		if as_list:
			return [list(row) for row in rows]
		return rows if isinstance(rows, tuple) else tuple(rows)

	def _execute(self, query: str, values=()):
		head = query.lstrip()[:8].lower()
		writes = not head.startswith(READS)
		if writes or not self.is_sqlite:
			self.begin()
		elif engines.FOR_UPDATE.search(query, max(0, len(query) - 40)):
			query = engines.FOR_UPDATE.sub("", query)
			self.begin()
		# without values a percent sign is itself; with a list, even an empty one, it is doubled
		values = None if values is None or values == () else engines.parameters(values)
		try:
			cursor = self._run(query, values)
		except django_errors.OperationalError as error:
			raise self._known_error(error) from error
		if writes:
			self.last_row_id = cursor.lastrowid
			self.rows_affected = cursor.rowcount
		return cursor

	def _run(self, query: str, values):
		"""The statement's cursor; past Django's wrappers, unless somebody listens to them: they cost much."""
		connection = self.connection
		if connection.execute_wrappers or connection.queries_logged or isinstance(values, dict):
			cursor = connection.cursor()
			cursor.execute(query, values)
			return cursor
		connection.ensure_connection()
		with connection.wrap_database_errors:
			if not self.is_sqlite:
				cursor = connection.create_cursor()
				cursor.execute(query, values)
				return cursor
			if values is None:
				return connection.connection.execute(query)
			return connection.connection.execute(engines.question_marks(query), values)

	def executemany(self, query: str, rows):
		"""Run one statement for many rows of values. Host only."""
		self.begin()
		try:
			self.connection.cursor().executemany(query, [engines.parameters(row) for row in rows])
		except django_errors.OperationalError as error:
			raise self._known_error(error) from error

	def _known_error(self, error):
		text = str(error)
		if "Deadlock" in text or "1213" in text or "1020" in text:
			return QueryDeadlockError(text)
		if "locked" in text or "1205" in text or "Lock wait timeout" in text:
			return QueryTimeoutError(text)
		return error

	def sql_ddl(self, query: str):
		"""Schema statements. MariaDB commits by itself before them."""
		self._execute(query)
		self.forget_schema()

	# -- transactions

	def begin(self, read_only=False):
		"""Open a transaction unless one is open. Host: on SQLite takes the write lock."""
		if self.connection.get_autocommit():
			try:
				self.connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
			except django_errors.OperationalError as error:
				raise self._known_error(error) from error

	begin_write = begin

	@property
	def in_transaction(self) -> bool:
		return not self.connection.get_autocommit()

	def _end(self, verb: str):
		if self.connection.get_autocommit() or self.connection.in_atomic_block:
			return
		getattr(self.connection, verb)()
		self.connection.set_autocommit(True)

	def commit(self, *_args, **_kwargs):
		self.before_rollback.reset()
		self.after_rollback.reset()
		self.before_commit.run()
		self._end("commit")
		self.value_cache.clear()
		self.after_commit.run()

	def rollback(self, *, save_point: str | None = None, chain: bool = False):
		"""Undo everything since the last commit, or since the savepoint."""
		self.value_cache.clear()
		if save_point:
			self._execute(f"ROLLBACK TO SAVEPOINT {_identifier(save_point)}")
			return
		self.before_commit.reset()
		self.after_commit.reset()
		self.before_rollback.run()
		self._end("rollback")
		self.after_rollback.run()

	def savepoint(self, save_point: str):
		self._execute(f"SAVEPOINT {_identifier(save_point)}")

	def release_savepoint(self, save_point: str):
		self._execute(f"RELEASE SAVEPOINT {_identifier(save_point)}")

	# -- errors

	@staticmethod
	def is_duplicate_entry(error) -> bool:
		text = str(error)
		return isinstance(error, django_errors.IntegrityError) and (
			"UNIQUE constraint" in text or "1062" in text or "Duplicate entry" in text
		)

	@classmethod
	def is_primary_key_violation(cls, error) -> bool:
		return cls.is_duplicate_entry(error) and bool(re.search(r"PRIMARY|\.name$", str(error)))

	is_deadlocked = staticmethod(lambda error: isinstance(error, QueryDeadlockError))
	is_timedout = staticmethod(lambda error: isinstance(error, QueryTimeoutError))
	is_missing_column = staticmethod(lambda error: "no such column" in str(error) or "1054" in str(error))
	is_table_missing = staticmethod(lambda error: "no such table" in str(error) or "1146" in str(error))

	# -- schema as it is

	def forget_schema(self):
		"""Host only: tables and columns are read again; another process may have added some."""
		self._columns = {}
		self._tables = None

	def get_tables(self, cached=True) -> list[str]:
		if self._tables is None or not cached:
			with self.connection.cursor() as cursor:
				self._tables = self.connection.introspection.table_names(cursor)
		return self._tables

	def table_exists(self, doctype: str, cached=True) -> bool:
		return f"tab{doctype}" in self.get_tables(cached)

	def get_table_columns(self, doctype: str) -> list[str]:
		return self.get_db_table_columns(f"tab{doctype}")

	def get_db_table_columns(self, table: str) -> list[str]:
		if table not in self._columns:
			self._columns[table] = engines.column_names(self, table)
		return self._columns[table]

	def has_column(self, doctype: str, column: str) -> bool:
		return column in self.get_table_columns(doctype)

	def has_index(self, table: str, index: str) -> bool:
		return engines.real_index_name(self.is_sqlite, table, index) in engines.index_names(self, table)

	def add_index(self, doctype: str, fields: list[str], index_name: str | None = None):
		"""Create an index unless it is there. A length, as in `subject(100)`, counts on MariaDB only."""
		table = f"tab{doctype}"
		name = index_name or engines.index_name(fields)
		self._create_index(table, name, fields, unique=False)

	def add_unique(self, doctype: str, fields, constraint_name: str | None = None):
		fields = [fields] if isinstance(fields, str) else fields
		name = constraint_name or "unique_" + "_".join(fields)
		self._create_index(f"tab{doctype}", name, fields, unique=True)

	def _create_index(self, table: str, name: str, fields: list[str], unique: bool):
		real_name = engines.real_index_name(self.is_sqlite, table, name)
		if self.has_index(table, name):
			return
		columns = ", ".join(engines.index_column(field, self.is_sqlite) for field in fields)
		kind = "UNIQUE INDEX" if unique else "INDEX"
		self.sql_ddl(f"CREATE {kind} `{real_name}` ON `{table}` ({columns})")


def _identifier(name: str) -> str:
	if not re.fullmatch(r"[\w \-]+", name):
		raise ValueError(f"not an identifier: {name!r}")
	return name
