"""Expressions of administrators (workflow conditions), compiled by RestrictedPython."""

import ast
import unicodedata

import frappe
from RestrictedPython import compile_restricted_eval
from RestrictedPython.Guards import guarded_iter_unpack_sequence

# As in Frappe: nothing else may be called.
FUNCTIONS = {"int": int, "float": float, "long": int, "round": round}
FORBIDDEN = ("__", "gi_", "cr_", "ag_", "f_", "tb_", "func_", "mro", "format")


def safe_eval(code: str, eval_globals=None, eval_locals=None):
	"""Value of one expression; no attributes that lead out, no imports, no assignments."""
	if not isinstance(code, str):
		raise TypeError("code must be a string")
	code = unicodedata.normalize("NFKC", code)
	ast.parse(code, mode="eval")
	result = compile_restricted_eval(code, filename="<safe_eval>")
	if result.errors:
		frappe.throw(
			frappe._("Invalid expression: {0}").format("; ".join(result.errors)),
			SyntaxError,
			frappe._("Syntax Error"),
		)
	namespace = {
		**(eval_globals or {}),
		**FUNCTIONS,
		"__builtins__": {},
		"_getattr_": _getattr,
		"_getitem_": _getitem,
		"_getiter_": iter,
		"_iter_unpack_sequence_": guarded_iter_unpack_sequence,
	}
	return eval(result.code, namespace, _readable(eval_locals))


def _readable(values):
	return {key: frappe._dict(v) if type(v) is dict else v for key, v in (values or {}).items()}


def _getitem(value, key):
	if isinstance(key, str) and key.startswith("_"):
		raise SyntaxError("Key starts with _")
	return value[key]


def _getattr(value, name):
	"""Raises AttributeError for what a value does not have; a record answers None for an unknown field."""
	if name.startswith(FORBIDDEN):
		raise SyntaxError(f"{name} is an unsafe attribute")
	return getattr(value, name)
