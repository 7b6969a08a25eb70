"""Readings of other records in a condition: DocType and fields must stand there as plain text."""

import ast
import re
from dataclasses import dataclass

from crm_app.customising.domain.refusals import impossible
from crm_app.utils.rules import RuleError, _

LOOKUPS = {"frappe.db.get_value", "frappe.db.get_list"}
HOLDING_KEYS = (ast.Dict, ast.List, ast.Tuple, ast.Set, ast.ListComp)
SECRET = re.compile(r"passw|secret|token|(^|_)key$|^__", re.I)


@dataclass(frozen=True)
class Lookup:
	"""A reading of other records; `keys` are the fields it filters by and asks for."""

	text: str
	doctype: str
	keys: tuple[str, ...]


def lookup(node: ast.Call, path: str) -> Lookup:
	"""DocType and fields stand there as plain text, so that they can be checked."""
	names = ("doctype", "filters", "fieldname" if path.endswith("value") else "fields")
	given = dict(zip(names, node.args, strict=False))
	given |= {keyword.arg: keyword.value for keyword in node.keywords}
	if len(node.args) > len(names) or not given.keys() <= {*names, "pluck", "limit", "limit_page_length"}:
		impossible(node)
	filters, keys = given.get("filters"), []
	if isinstance(filters, ast.Dict):
		keys += [plain_text(key, node) for key in filters.keys]
	elif filters and any(isinstance(part, HOLDING_KEYS) for part in ast.walk(filters)):
		impossible(node)
	for name in (names[2], "pluck"):
		asked = given.get(name)
		parts = asked.elts if isinstance(asked, ast.List | ast.Tuple) else [asked] if asked else []
		keys += [plain_text(part, node) for part in parts]
	if secret := next((key for key in keys if SECRET.search(key)), None):
		raise RuleError(_("A condition may not read “{0}”."), secret)
	if "doctype" not in given:
		impossible(node)
	return Lookup(ast.unparse(node), plain_text(given["doctype"], node), tuple(keys))


def plain_text(node, whole) -> str:
	if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
		impossible(whole)
	return node.value
