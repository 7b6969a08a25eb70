"""Evaluating a condition the way Frappe does, and saying what is wrong when it cannot be evaluated."""

import ast
import datetime
from decimal import Decimal

import frappe
from frappe.model.workflow import get_workflow_safe_globals

from crm_app.customising.domain.conditions import parsed
from crm_app.utils.rules import RuleError, Term, _

# The database wants these to end the request.
NOT_OURS = (frappe.QueryDeadlockError, frappe.QueryTimeoutError)
# Asked in this order: a truth value is a number, a moment is a date.
KINDS = (
	((bool, int, float, Decimal), _("a number")),
	(str, _("a text")),
	(datetime.datetime, _("a date with time")),
	(datetime.date, _("a date")),
	(datetime.timedelta, _("a span of time")),
	(list | tuple | set, _("rows or a list")),
)
REASONS = {
	ZeroDivisionError: _("it divides by zero"),
	IndexError: _("there is no such row"),
	KeyError: _("there is no such entry"),
	RecursionError: _("it is nested too deeply"),
}


def evaluate(condition: str, values: dict):
	"""`values` maps names to what they stand for, `doc` to the record as a dict."""
	said = len(frappe.local.message_log)
	try:
		return frappe.safe_eval(condition, get_workflow_safe_globals(), dict(values))
	except Exception:
		del frappe.local.message_log[said:]  # whoever asked says it in other words
		raise


def fault(condition: str, values: dict) -> RuleError | None:
	"""Why the condition cannot be evaluated, None where it can."""
	try:
		evaluate(condition, values)
	except NOT_OURS:
		raise
	except Exception as error:
		return _explained(condition, values, error)
	return None


def mismatch(condition: str, values: dict) -> RuleError | None:
	"""A comparison of two kinds, which is never right, wherever in the condition it stands."""
	return _mismatch(parsed(condition), values)


def _explained(condition: str, values: dict, error: Exception) -> RuleError:
	try:
		node = _culprit(parsed(condition), values)
	except RuleError as reason:
		return reason
	text = ast.unparse(node)
	for part in _operands(node):
		if not _fails(part, values) and evaluate(ast.unparse(part), values) is None:
			found = _("“{0}” fails where {1} is empty. Put “{1} and …” before it, or write ({1} or 0).")
			return RuleError(found, text, ast.unparse(part))
	return _unlike(node, values) or RuleError(_("“{0}” cannot be evaluated: {1}."), text, _reason(error))


def _reason(error: Exception):
	known = next((text for kind, text in REASONS.items() if isinstance(error, kind)), None)
	return Term(known) if known else f"{type(error).__name__} {error}".strip()


def _culprit(node: ast.expr, values: dict) -> ast.expr:
	"""The smallest part that fails: of several the one that is evaluated first."""
	for part in _evaluated(node, values):
		if _fails(part, values):
			return _culprit(part, values)
	return node


def _evaluated(node: ast.expr, values: dict) -> list[ast.expr]:
	if isinstance(node, ast.ListComp | ast.SetComp):
		return [node.generators[0].iter]
	if isinstance(node, ast.IfExp):
		if _fails(node.test, values):
			return [node.test]
		return [node.body if evaluate(ast.unparse(node.test), values) else node.orelse]
	if isinstance(node, ast.Call):
		owner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
		return [*owner, *node.args]
	return [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]


def _fails(node: ast.expr, values: dict) -> bool:
	try:
		evaluate(ast.unparse(node), values)
	except NOT_OURS:
		raise
	except Exception:
		return True
	return False


def _operands(node: ast.expr) -> list[ast.expr]:
	if isinstance(node, ast.Compare):
		return [node.left, *node.comparators]
	if isinstance(node, ast.BinOp):
		return [node.left, node.right]
	if isinstance(node, ast.Attribute | ast.Subscript):
		return [node.value]
	return _evaluated(node, {}) if isinstance(node, ast.Call) else []


def _mismatch(node: ast.expr, values: dict) -> RuleError | None:
	if isinstance(node, ast.ListComp | ast.SetComp):
		return _mismatch_in_loop(node, values)
	if isinstance(node, ast.Compare) and (found := _unlike(node, values)):
		return found
	for part in ast.iter_child_nodes(node):
		if isinstance(part, ast.expr) and (found := _mismatch(part, values)):
			return found
	return None


def _mismatch_in_loop(node, values: dict) -> RuleError | None:
	"""With the first row in the place of every row."""
	for loop in node.generators:
		if found := _mismatch(loop.iter, values):
			return found
		if _fails(loop.iter, values) or not (rows := evaluate(ast.unparse(loop.iter), values)):
			return None
		values = {**values, loop.target.id: next(iter(rows))}
		for test in loop.ifs:
			if found := _mismatch(test, values):
				return found
	return _mismatch(node.elt, values)


def _unlike(node: ast.expr, values: dict) -> RuleError | None:
	if not isinstance(node, ast.Compare) or any(_fails(part, values) for part in _operands(node)):
		return None
	sides = [evaluate(ast.unparse(part), values) for part in _operands(node)]
	for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
		if isinstance(operator, ast.In | ast.NotIn):
			found = _unlike_members(left, right)
		else:
			found = _kinds_differ(left, right)
		if found:
			text = _("“{0}” compares {1} with {2}.")
			return RuleError(text, ast.unparse(node), *map(Term, found))
	return None


def _unlike_members(one, many) -> tuple[str, str] | None:
	if isinstance(many, str):
		return _kinds_differ(one, many)
	members = [_kinds_differ(one, member) for member in many] if isinstance(many, list | tuple | set) else []
	return members[0] if members and all(members) else None


def _kinds_differ(left, right) -> tuple[str, str] | None:
	kinds = _kind(left), _kind(right)
	return kinds if None not in kinds and kinds[0] != kinds[1] else None


def _kind(value) -> str | None:
	return next((text for kind, text in KINDS if isinstance(value, kind)), None)
