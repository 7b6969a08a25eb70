"""Arguments of whitelisted functions: only those they take, as the types they name."""

import inspect
import types
import typing

import frappe
from frappe import _
from frappe.utils.data import read_json

SERVER_ONLY = ("ignore_permissions", "flags")


def typed_arguments(function, given: dict) -> dict:
	"""The arguments that the function takes, turned into the types that it names."""
	parameters = inspect.signature(function).parameters
	named = {name: p for name, p in parameters.items() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}
	takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
	hints = typing.get_type_hints(function)
	if missing := [name for name, p in named.items() if p.default is p.empty and name not in given]:
		raise frappe.FrappeTypeError(_("Missing argument: {0}").format(", ".join(missing)))
	return {
		name: cast(name, value, hints[name], named[name].default)
		if name in hints and name in named
		else value
		for name, value in given.items()
		if (name in named or takes_all) and name not in SERVER_ONLY
	}


def cast(name: str, value, hint, default):
	"""`value` as one of the hinted types; text from a query becomes a number, truth value, list or dict."""
	kinds = _kinds(hint)
	may_lack = default is not inspect.Parameter.empty or types.NoneType in kinds
	if (value is None and may_lack) or object in kinds or value is default or isinstance(value, tuple(kinds)):
		return value
	for kind, convert in CASTS.items():
		if kind in kinds and isinstance(value, str | int | float):
			try:
				return convert(value)
			except (ValueError, KeyError):
				continue
	expected = " | ".join(sorted(kind.__name__ for kind in kinds))
	raise frappe.FrappeTypeError(
		f"Argument '{name}' should be of type '{expected}' but got '{type(value).__name__}' instead."
	)


def _kinds(hint) -> set:
	if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
		return set().union(*map(_kinds, typing.get_args(hint)))
	kind = typing.get_origin(hint) or hint
	return {kind} if isinstance(kind, type) else {object}


def _json_of(kind):
	def convert(value):
		parsed = read_json(value) if isinstance(value, str) else value
		if not isinstance(parsed, kind):
			raise ValueError
		return parsed

	return convert


BOOLEANS = {"1": True, "true": True, "0": False, "false": False, "": False}
CASTS = {
	bool: lambda value: BOOLEANS[str(value).lower()],
	int: int,
	float: float,
	list: _json_of(list),
	dict: _json_of(dict),
}
