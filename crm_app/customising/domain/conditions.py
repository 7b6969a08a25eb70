"""Conditions of workflow steps: do they parse, and do they read only what they may."""

import ast

from crm_app.utils.rules import RuleError, _

CALLS = {
	"all", "any", "abs", "bool", "float", "int", "len", "list", "max", "min", "round", "set", "sorted", "str",
	"sum",
}  # fmt: skip
CONSTANTS = {"True", "False", "None"}
# What Frappe hands to a condition besides the record.
FRAPPE = {
	"frappe.db.get_value",
	"frappe.db.get_list",
	"frappe.session.user",
	"frappe.utils.now_datetime",
	"frappe.utils.get_datetime",
	"frappe.utils.add_to_date",
	"frappe.utils.now",
}
STANDARD = {"name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "doctype"}
METHODS = {
	"get", "lower", "upper", "strip", "startswith", "endswith", "split", "replace", "date", "year", "month",
	"day", "weekday", "days", "hour",
}  # fmt: skip


def check_condition(text: str, fields: set[str]) -> None:
	"""Raises RuleError with the reason. `fields` are those of the record and of its rows."""
	tree = _parsed(text)
	own = {
		node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
	}
	inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
	for node in ast.walk(tree):
		if isinstance(node, ast.Lambda | ast.NamedExpr | ast.Await | ast.Yield):
			raise RuleError(_("“{0}” is not possible in a condition."), ast.unparse(node))
		if isinstance(node, ast.Attribute) and id(node) not in inner:
			_check_path(node, fields)
		if isinstance(node, ast.Name) and id(node) not in inner:
			_check_name(node.id, own)
		if isinstance(node, ast.Subscript | ast.Call):
			_check_key(node, fields)


def _parsed(text: str) -> ast.Expression:
	try:
		return ast.parse(text.strip().replace("\n", " "), mode="eval")
	except (SyntaxError, ValueError) as error:
		raise RuleError(
			_("The condition “{0}” cannot be read: {1}."), text, str(error).split(" (")[0]
		) from error


def _check_path(node: ast.Attribute, fields: set[str]) -> None:
	path = ast.unparse(node)
	parts = []
	while isinstance(node, ast.Attribute):
		parts.append(node.attr)
		node = node.value
	if any(part.startswith("_") for part in parts):
		raise RuleError(_("A condition may not read “{0}”."), path)
	if isinstance(node, ast.Name) and node.id == "frappe":
		if not any(path == known or path.startswith(known + ".") for known in FRAPPE):
			raise RuleError(_("A condition may not read “{0}”."), path)
		return
	for part in parts:
		if part not in fields | STANDARD | METHODS:
			raise RuleError(_("The condition reads “{0}”, which is no field."), path)


def _check_name(name: str, own: set[str]) -> None:
	if name not in own | CALLS | CONSTANTS | {"doc"}:
		raise RuleError(_("A condition may not read “{0}”."), name)


def _check_key(node, fields: set[str]) -> None:
	"""`doc["x"]` and `doc.get("x")` name a field as well."""
	if isinstance(node, ast.Subscript):
		owner, key = node.value, node.slice
	elif isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
		owner, key = node.func.value, node.args[0]
	else:
		return
	if isinstance(owner, ast.Name) and owner.id == "doc" and isinstance(key, ast.Constant):
		if isinstance(key.value, str) and key.value not in fields | STANDARD:
			raise RuleError(_("The condition reads “{0}”, which is no field."), ast.unparse(node))
