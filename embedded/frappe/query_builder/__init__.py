"""`frappe.qb`: PyPika in MySQL's quoting, which SQLite reads too; values travel as parameters."""

import decimal
import threading

import frappe
from frappe.database import engines
from pypika import Case, Criterion, Field, Interval, MySQLQuery, Order, Table
from pypika.dialects import MySQLQueryBuilder
from pypika.queries import QueryBuilder
from pypika.terms import AggregateFunction, Function, PseudoColumn, Term, ValueWrapper


def DocType(name: str, *args, **kwargs) -> Table:
	"""The table of a DocType."""
	return Table(f"tab{name}" if not name.startswith(("__", "tab")) else name, *args, **kwargs)


class Parameters(dict):
	"""Collects the values of a query while its text is made; named, for PyPika renders out of order."""

	def add(self, value) -> str:
		name = f"param{len(self) + 1}"
		self[name] = value
		return f"%({name})s"


_plain_value_sql = ValueWrapper.get_sql
_walking = threading.local()


def _value_sql(self, quote_char=None, secondary_quote_char="'", **kwargs) -> str:
	"""A placeholder while a query is walked; PyPika's functions drop keywords, hence the thread-local."""
	parameters = getattr(_walking, "parameters", None)
	if parameters is None or isinstance(self.value, Term | bool | int | float | type(None) | decimal.Decimal):
		return _plain_value_sql(self, quote_char, secondary_quote_char, **kwargs)
	text = parameters.add(engines.parameter(self.value))
	return f"{text} {quote_char}{self.alias}{quote_char}" if self.alias and kwargs.get("with_alias") else text


ValueWrapper.get_sql = _value_sql


class Runs:
	def walk(self) -> tuple[str, dict]:
		"""(sql with placeholders, values)"""
		_walking.parameters = values = Parameters()
		try:
			return self.get_sql(), values
		finally:
			_walking.parameters = None

	def run(self, as_dict=False, as_list=False, pluck=False, debug=False, run=True, **_kwargs):
		"""Rows as tuples, lists, dicts or one column."""
		sql, values = self.walk()
		if not run:
			return sql
		rows = frappe.db.sql(sql, values or (), as_dict=as_dict, as_list=as_list, pluck=pluck)
		readers = _readers(self) if frappe.db.is_sqlite else None
		return _converted(rows, readers, as_dict, pluck) if readers else rows


for method in (Runs.walk, Runs.run):
	setattr(QueryBuilder, method.__name__, method)


def _readers(query) -> dict[int, object]:
	"""SQLite knows no type for MIN(date) and the like: column position -> reader."""
	readers = {}
	for position, term in enumerate(getattr(query, "_selects", ())):
		field = _dated_argument(term)
		stored = isinstance(field, Field) and isinstance(field.table, Table)  # no column of a subquery
		if not stored or not field.table._table_name.startswith("tab"):
			continue
		kind = _kind(field.table._table_name[3:], field.name)
		if kind:
			readers[position] = kind
	return readers


def _dated_argument(term):
	if isinstance(term, Function) and term.name.upper() in ("MIN", "MAX", "COALESCE", "IFNULL") and term.args:
		argument = term.args[0]
		return (
			argument
			if isinstance(argument, Field) and argument.table is not None
			else _dated_argument(argument)
		)
	return None


def _kind(doctype: str, fieldname: str):
	from frappe.database.filters import field_kind

	kind = field_kind(frappe.get_meta(doctype), fieldname)
	return {"Date": frappe.utils.getdate, "Datetime": frappe.utils.get_datetime}.get(kind)


def _converted(rows, readers: dict, as_dict: bool, pluck):
	def read(position, value):
		reader = readers.get(position)
		return reader(value) if reader and isinstance(value, str) else value

	if pluck:
		return [read(0, value) for value in rows]
	if as_dict:
		for row in rows:
			for position, key in enumerate(list(row)):
				row[key] = read(position, row[key])
		return rows
	return type(rows)(type(row)(read(i, value) for i, value in enumerate(row)) for row in rows)


class Builder:
	"""The interface of `frappe.qb`."""

	DocType = staticmethod(DocType)
	Table = Table
	Field = Field
	Case = Case
	desc = Order.desc
	asc = Order.asc

	@property
	def functions(self):
		from frappe.query_builder import functions

		return functions

	@property
	def terms(self):
		from pypika import terms

		return terms

	@staticmethod
	def from_(table, *args, **kwargs) -> MySQLQueryBuilder:
		return MySQLQuery.from_(_table(table), *args, **kwargs)

	@staticmethod
	def into(table, *args, **kwargs) -> MySQLQueryBuilder:
		return MySQLQuery.into(_table(table), *args, **kwargs)

	@staticmethod
	def update(table, *args, **kwargs) -> MySQLQueryBuilder:
		return MySQLQuery.update(_table(table), *args, **kwargs)

	@staticmethod
	def get_query(doctype, fields=None, filters=None, order_by=None, limit=None, **_kwargs):
		raise frappe.NotInHost("frappe.qb.get_query is not part of the embedded host; use frappe.get_all")


def _table(table):
	return DocType(table) if isinstance(table, str) else table


__all__ = [
	"AggregateFunction",
	"Builder",
	"Case",
	"Criterion",
	"DocType",
	"Field",
	"Function",
	"Interval",
	"Order",
	"PseudoColumn",
	"Table",
]
