"""Expressions of administrators (workflow conditions), compiled by RestrictedPython."""

import frappe
from RestrictedPython import compile_restricted_eval, safe_builtins
from RestrictedPython.Eval import default_guarded_getitem, default_guarded_getiter
from RestrictedPython.Guards import guarded_iter_unpack_sequence, safer_getattr

WRITING = ("setattr", "delattr")  # an expression reads
BUILTINS = {
	**{name: value for name, value in safe_builtins.items() if name not in WRITING},
	**{
		function.__name__: function
		for function in (
			all,
			any,
			dict,
			enumerate,
			filter,
			list,
			map,
			max,
			min,
			set,
			sum,
			float,
			int,
			len,
			round,
		)
	},
}
FORBIDDEN = ("__", "gi_", "cr_", "f_", "tb_", "func_", "mro", "format_map")


def safe_eval(code: str, eval_globals=None, eval_locals=None):
	"""Value of one expression; no attributes that lead out, no imports, no assignments."""
	if not isinstance(code, str):
		raise TypeError("code must be a string")
	result = compile_restricted_eval(code.strip().replace("\n", " "), filename="<safe_eval>")
	if result.errors:
		frappe.throw(
			frappe._("Invalid expression: {0}").format("; ".join(result.errors)),
			SyntaxError,
			frappe._("Syntax Error"),
		)
	namespace = {
		**(eval_globals or {}),
		"__builtins__": BUILTINS,
		"_getattr_": _getattr,
		"_getitem_": default_guarded_getitem,
		"_getiter_": default_guarded_getiter,
		"_iter_unpack_sequence_": guarded_iter_unpack_sequence,
	}
	return eval(result.code, namespace, _readable(eval_locals))


def _readable(values):
	return {key: frappe._dict(v) if type(v) is dict else v for key, v in (values or {}).items()}


def _getattr(value, name, default=None):
	if any(name.startswith(prefix) for prefix in FORBIDDEN):
		raise SyntaxError(f"{name} is an unsafe attribute")
	if isinstance(value, dict) and not hasattr(dict, name):
		return value.get(name, default)
	return safer_getattr(value, name, default)
