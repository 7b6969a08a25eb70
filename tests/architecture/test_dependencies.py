"""Which part may import which, and that every dotted path the app declares exists."""

import ast
import csv
import importlib
import json
import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "crm_app"
HOST = ROOT / "embedded"


def imports_of(path: Path) -> set[str]:
	names = set()
	for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
		if isinstance(node, ast.Import):
			names |= {alias.name for alias in node.names}
		elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
			names.add(node.module)
	return {name.split(".")[0] for name in names}


def offenders(folder: Path, pattern: str, forbidden: set[str]) -> list[str]:
	return [
		f"{path.relative_to(ROOT)}: {sorted(found)}"
		for path in sorted(folder.glob(pattern))
		if (found := imports_of(path) & forbidden)
	]


def test_the_app_never_imports_django_or_the_host():
	assert offenders(APP, "**/*.py", {"django", "desk", "embedded", "unfold"}) == []


def test_the_host_never_imports_the_app():
	assert offenders(HOST, "**/*.py", {"crm_app"}) == []


def test_domain_code_imports_neither_frappe_nor_django():
	assert list(APP.glob("**/domain/*.py")), "the rules live in domain/"
	assert offenders(APP, "**/domain/*.py", {"frappe", "django"}) == []


def test_the_package_holds_the_app_alone():
	text = (ROOT / "setup.py").read_text()
	assert 'name="crm_app"' in text
	assert 'find_packages(include=["crm_app", "crm_app.*"])' in text


def lines(folder: Path) -> int:
	kinds = {".py", ".json", ".html", ".js", ".css", ".csv"}
	files = (p for p in folder.rglob("*") if p.suffix in kinds and "__pycache__" not in p.parts)
	return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)


def test_the_host_stays_under_six_tenths_of_the_app():
	assert lines(HOST) < 0.6 * lines(APP)


def test_every_module_has_its_folder():
	for module in (APP / "modules.txt").read_text().split("\n"):
		if module:
			assert (APP / module.lower().replace(" ", "_") / "__init__.py").exists(), module


def test_doctype_files_are_named_as_frappe_looks_for_them():
	for path in APP.glob("*/doctype/*/*.json"):
		data = json.loads(path.read_text(encoding="utf-8"))
		scrubbed = data["name"].lower().replace(" ", "_").replace("-", "_")
		assert path.stem == scrubbed == path.parent.name
		assert data["module"].lower().replace(" ", "_") == path.parents[2].name
		assert data["field_order"] == [field["fieldname"] for field in data["fields"]], data["name"]
		assert (path.parent / "__init__.py").exists()


def test_what_an_administrator_may_edit_lies_where_frappe_does_not_overwrite_it():
	"""Cards, charts and workspaces: `<module>/shipped/<kind>/*.json`, never standard; see crm_app/shipped."""
	kinds = ("number_card", "dashboard_chart", "workspace")
	assert [path for kind in kinds for path in APP.glob(f"*/{kind}/*/*.json")] == []
	for kind in kinds:
		for path in APP.glob(f"*/shipped/{kind}/*.json"):
			assert not json.loads(path.read_text(encoding="utf-8")).get("is_standard"), path


def dotted_paths(value):
	if isinstance(value, str):
		if re.fullmatch(r"crm_app(\.\w+)+", value):
			yield value
	elif isinstance(value, dict):
		for item in value.values():
			yield from dotted_paths(item)
	elif isinstance(value, list | tuple):
		for item in value:
			yield from dotted_paths(item)


def declared_paths() -> set[str]:
	hooks = importlib.import_module("crm_app.hooks")
	found = set(dotted_paths({key: value for key, value in vars(hooks).items() if not key.startswith("_")}))
	for path in [*APP.glob("workflows/*.json"), *APP.glob("*/doctype/*/*.json")]:
		found |= set(dotted_paths(json.loads(path.read_text(encoding="utf-8"))))
	patches = (APP / "patches.txt").read_text().split("\n")
	return found | {line.split()[0] for line in patches if line.startswith("crm_app.")}


def test_every_declared_dotted_path_exists(site):
	for path in sorted(declared_paths()):
		try:
			importlib.import_module(path)
			continue
		except ModuleNotFoundError:
			module, attribute = path.rsplit(".", 1)
		assert hasattr(importlib.import_module(module), attribute), path


def test_patches_name_both_sections_as_frappe_wants():
	assert {"[pre_model_sync]", "[post_model_sync]"} <= set((APP / "patches.txt").read_text().split("\n"))


def translated() -> dict[str, str]:
	with (APP / "translations" / "zh.csv").open(encoding="utf-8", newline="") as handle:
		return {row[0]: row[1] for row in csv.reader(handle) if len(row) == 2}


def test_chinese_lines_are_unique_and_complete():
	with (APP / "translations" / "zh.csv").open(encoding="utf-8", newline="") as handle:
		rows = list(csv.reader(handle))
	sources = [(row[0], *row[2:]) for row in rows]  # the third column: the DocType whose word it is
	assert all(len(row) in (2, 3) and row[1].strip() for row in rows)
	assert len(sources) == len(set(sources)), {s for s in sources if sources.count(s) > 1}
	for source, target in translated().items():
		assert set(re.findall(r"\{\d+\}", source)) == set(re.findall(r"\{\d+\}", target)), source


def source_strings() -> set[str]:
	found = set()
	for path in APP.glob("**/*.py"):
		for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
			if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_" and node.args:
				argument = node.args[0]
				if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
					found.add(argument.value)
	for path in APP.glob("www/*.html"):
		found |= {m[1] for m in re.findall(r"""[{(\s]_\((["'])(.+?)\1\)""", path.read_text(encoding="utf-8"))}
	return found


def labels() -> set[str]:
	found = set()
	for path in APP.glob("*/doctype/*/*.json"):
		data = json.loads(path.read_text(encoding="utf-8"))
		found.add(data["name"])
		for field in data["fields"]:
			if field.get("hidden"):
				continue
			found |= {field.get("label"), field.get("description")}
			if field["fieldtype"] == "Select":
				found |= set((field.get("options") or "").split("\n"))
	return {text for text in found if text and re.search("[A-Za-z]{2}", text)}


@pytest.mark.parametrize("kind", [source_strings, labels])
def test_every_string_people_see_has_chinese(kind):
	missing = sorted(kind() - set(translated()))
	assert missing == [], f"{len(missing)} missing"


def test_files_name_no_machine_path():
	here = str(ROOT.parent)
	pattern = re.compile(rf"{re.escape(here)}/|/root/" if here != "/" else "/root/")
	bad = []
	for folder in (APP, HOST, ROOT / "tests", ROOT / "docs", ROOT / "benchmarks"):
		for path in folder.rglob("*"):
			if path.suffix in {".py", ".json", ".md", ".html", ".js"} and "__pycache__" not in path.parts:
				text = path.read_text(encoding="utf-8")
				if path != Path(__file__) and pattern.search(text):
					bad.append(os.fspath(path.relative_to(ROOT)))
	assert bad == []
