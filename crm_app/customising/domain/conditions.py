"""Conditions of workflow steps: do they parse, and do they read only what they may.

The names are those that Frappe's own evaluation knows (frappe.model.workflow, frappe.utils.safe_exec).
"""

import ast
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from crm_app.customising.domain.lookups import LOOKUPS, Lookup, lookup, plain_text
from crm_app.customising.domain.refusals import forbidden, impossible, no_field
from crm_app.utils.rules import RuleError, _

CALLS = {"int", "float", "round"}
MOMENTS = {
	"frappe.utils.now_datetime",
	"frappe.utils.get_datetime",
	"frappe.utils.add_to_date",
	"frappe.utils.now",
}
USER = "frappe.session.user"
STANDARD = frozenset({"name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "doctype"})
METHODS = {
	"lower", "upper", "strip", "startswith", "endswith", "split", "replace", "date", "weekday",
}  # fmt: skip
PARTS = {"year", "month", "day", "hour", "minute", "days"}  # of a date, a moment, a span of time
SIMPLE = (
	ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Compare, ast.IfExp, ast.List, ast.Tuple, ast.Set, ast.Dict,
	ast.Slice,
)  # fmt: skip
RECORD, VALUE, OUT_OF_REACH = "record", "value", "out of reach"
LONGEST = 2000


@dataclass(frozen=True)
class Readable:
	"""The fields of a record, and those of the rows of its tables."""

	fields: frozenset[str]
	tables: dict[str, frozenset[str]]


@dataclass(frozen=True)
class Rows:
	"""What an expression yields: the rows of a table, or one of them."""

	table: str
	one: bool = False


def tidy(text: str) -> str:
	"""As Frappe can read it: no space before it, and over several lines only where Python allows it."""
	text = (text or "").strip()
	return text if _parses(text) else " ".join(text.split("\n"))


def check_condition(text: str, readable: Readable) -> list[Lookup]:
	"""Raises RuleError with the reason; returns what the condition reads besides the record."""
	try:
		reader = _Reader(readable)
		reader.read(parsed(text), {"doc": RECORD})
		return reader.lookups
	except RecursionError as error:
		raise RuleError(_("The condition is nested too deeply.")) from error


def names_read(text: str) -> set[str]:
	"""Every word that may name a field; more rather than fewer."""
	try:
		nodes = list(ast.walk(parsed(text)))
	except RuleError:
		return set(re.findall(r"\w+", text))
	words = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
	return words | {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def settled(text: str) -> bool | None:
	"""True or False where the condition comes out so for every record, else None."""
	if not text.strip():
		return True
	try:
		return _settled(parsed(text))
	except (RuleError, RecursionError):
		return None


def parsed(text: str) -> ast.expr:
	if len(text) > LONGEST:
		raise RuleError(_("A condition has at most {0} characters."), LONGEST)
	try:
		return ast.parse(text, mode="eval").body
	except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
		reason = str(error).split(" (")[0] or type(error).__name__
		raise RuleError(_("The condition “{0}” cannot be read: {1}."), text[:200], reason) from error


def _parses(text: str) -> bool:
	try:
		parsed(text)
	except RuleError:
		return False
	return True


def _settled(node: ast.expr) -> bool | None:
	if isinstance(node, ast.Constant):
		return bool(node.value)
	if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
		inner = _settled(node.operand)
		return None if inner is None else not inner
	if isinstance(node, ast.BoolOp):
		parts, deciding = [_settled(part) for part in node.values], isinstance(node.op, ast.Or)
		return deciding if deciding in parts else (None if None in parts else not deciding)
	if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict):
		return bool(getattr(node, "elts", None) or getattr(node, "keys", None))
	return None


class _Reader:
	"""Walks an expression; `scope` maps the names in it to what they stand for."""

	def __init__(self, readable: Readable):
		self.readable, self.lookups = readable, []

	def read(self, node: ast.expr, scope: dict):
		read = getattr(self, f"_{type(node).__name__.lower()}", None)
		if read:
			return read(node, scope)
		if not isinstance(node, SIMPLE):
			impossible(node)
		_check_size(node)
		for part in _parts(node):
			self.read(part, scope)
		return VALUE

	def _constant(self, node, scope):
		if isinstance(node.value, str) and (read := unicodedata.normalize("NFKC", node.value)) != node.value:
			raise RuleError(_("“{0}” cannot be compared with: Frappe reads it as “{1}”."), node.value, read)
		return VALUE

	def _name(self, node, scope):
		if node.id not in scope:
			forbidden(node)
		if scope[node.id] == OUT_OF_REACH:
			text = _("Inside “[… for … in …]” a condition can read the row only, not “{0}”.")
			raise RuleError(text, node.id)
		return scope[node.id]

	def _attribute(self, node, scope):
		if node.attr.startswith("_"):
			forbidden(node)
		if _root(node) == "frappe" and "frappe" not in scope:
			if ast.unparse(node) != USER:
				forbidden(node)
			return VALUE
		owner = self.read(node.value, scope)
		if owner == VALUE:
			if node.attr not in PARTS:
				no_field(node)
			return VALUE
		kind = self._field(owner, node.attr, node)
		if hasattr(dict, node.attr):
			text = _("“{0}” is no field for Frappe here: write {1}.")
			raise RuleError(text, ast.unparse(node), f"{ast.unparse(node.value)}.get('{node.attr}')")
		return kind

	def _field(self, owner, fieldname: str, node):
		if owner == RECORD:
			if fieldname in self.readable.tables:
				return Rows(fieldname)
			known = self.readable.fields
		else:
			known = self.readable.tables[owner.table] if owner.one else frozenset()
		if fieldname not in known | STANDARD or (isinstance(owner, Rows) and not owner.one):
			self._only_in_rows(owner, fieldname, node)
			no_field(node)
		return VALUE

	def _only_in_rows(self, owner, fieldname: str, node) -> None:
		"""A field of the rows is read row by row, e.g. [row for row in doc.lines if row.amount > 5]."""
		for table, fields in self.readable.tables.items():
			if owner == RECORD and fieldname in fields:
				text = _("“{0}” is no field of the record, but of the rows of its table {1}. {2}")
				example = f"[row for row in doc.{table} if row.{fieldname} …]"
				raise RuleError(text, ast.unparse(node), table, example)

	def _subscript(self, node, scope):
		owner = self.read(node.value, scope)
		if isinstance(owner, Rows) and not owner.one:
			self.read(node.slice, scope)
			return owner if isinstance(node.slice, ast.Slice) else Rows(owner.table, one=True)
		if owner == VALUE:
			self.read(node.slice, scope)
			return VALUE
		return self._field(owner, plain_text(node.slice, node), node)

	def _call(self, node, scope):
		arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
		if isinstance(node.func, ast.Name):
			if node.func.id not in CALLS or node.func.id in scope:
				forbidden(node.func)
		elif not isinstance(node.func, ast.Attribute):
			impossible(node)
		elif _root(node.func) == "frappe" and "frappe" not in scope:
			self._call_of_frappe(node)
		else:
			owner = self.read(node.func.value, scope)
			if owner != VALUE and node.func.attr == "get" and node.args:
				for default in arguments[1:]:
					self.read(default, scope)
				return self._field(owner, plain_text(node.args[0], node), node)
			if owner != VALUE or node.func.attr not in METHODS:
				no_field(node)
		for argument in arguments:
			self.read(argument, scope)
		return VALUE

	def _call_of_frappe(self, node) -> None:
		path = ast.unparse(node.func)
		if path in LOOKUPS:
			self.lookups.append(lookup(node, path))
		elif path not in MOMENTS:
			forbidden(node.func)

	def _listcomp(self, node, scope):
		"""In Python's evaluation of a bare expression only the first table is read outside the loop."""
		inner = {name: OUT_OF_REACH if kind == RECORD else kind for name, kind in scope.items()}
		for number, loop in enumerate(node.generators):
			rows = self.read(loop.iter, scope if number == 0 else inner)
			if not isinstance(loop.target, ast.Name) or loop.is_async:
				impossible(node)
			one = Rows(rows.table, one=True) if isinstance(rows, Rows) else VALUE
			inner = {**inner, loop.target.id: one}
			for test in loop.ifs:
				self.read(test, inner)
		self.read(node.elt, inner)
		return VALUE

	_setcomp = _listcomp


def _parts(node) -> Iterator[ast.expr]:
	return (part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr))


def _check_size(node) -> None:
	"""Powers and repeated texts grow beyond all bounds."""
	if isinstance(node, ast.BinOp):
		texts = [
			part
			for part in (node.left, node.right)
			if isinstance(part, ast.List | ast.Tuple)
			or (isinstance(part, ast.Constant) and isinstance(part.value, str))
		]
		if isinstance(node.op, ast.Pow | ast.LShift | ast.MatMult) or (
			texts and isinstance(node.op, ast.Mult | ast.Mod)
		):
			impossible(node)


def _root(node) -> str | None:
	while isinstance(node, ast.Attribute):
		node = node.value
	return node.id if isinstance(node, ast.Name) else None
