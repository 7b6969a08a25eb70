"""Buttons of forms are DocType actions: Frappe's page reads what the server answers."""

import ast
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def buttons() -> dict[str, str]:
	"""Dotted path → the DocType and the label it is called from."""
	found = {}
	for path in sorted(ROOT.glob("crm_app/*/doctype/*/*.json")):
		definition = json.loads(path.read_text(encoding="utf-8"))
		for action in definition.get("actions", []):
			if action["action_type"] == "Server Action":
				found[action["action"]] = f"{definition['name']}: {action['label']}"
	return found


def function(path: str) -> ast.FunctionDef:
	module, name = path.rsplit(".", 1)
	file = ROOT / f"{module.replace('.', '/')}.py"
	if not file.exists():
		file = ROOT / module.replace(".", "/") / "__init__.py"
	tree = ast.parse(file.read_text(encoding="utf-8"))
	return next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name)


@pytest.mark.parametrize("path", buttons())
def test_a_button_answers_with_what_the_form_shows_next(path):
	"""Frappe reads `.doctype` of the answer: without one the form stays as it was and the page throws."""
	last = function(path).body[-1]
	assert isinstance(last, ast.Return) and last.value is not None, buttons()[path]
