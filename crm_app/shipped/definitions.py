"""The files that hold what is shipped."""

import functools
import json
from pathlib import Path

import frappe

# In this order: a workspace shows charts and cards.
DESK = ("number_card", "dashboard_chart", "workspace")


def desk_records() -> list[dict]:
	"""Cards, charts and workspaces of every module."""
	return [_read(path) for kind in DESK for path in sorted(_app().glob(f"*/shipped/{kind}/*.json"))]


def workflows() -> list[dict]:
	return [_read(path) for path in sorted(_app().glob("workflows/*.json"))]


@functools.cache
def doctypes() -> list[dict]:
	"""The app's DocTypes as their files have them, without what an administrator changed."""
	return [_read(path) for path in sorted(_app().glob("*/doctype/*/*.json"))]


def doctype_names() -> list[str]:
	return [definition["name"] for definition in doctypes()]


def doctype(name: str) -> dict:
	return next(definition for definition in doctypes() if definition["name"] == name)


def is_ours(doctype: str) -> bool:
	return doctype in doctype_names()


def workflow_for(doctype: str) -> dict | None:
	return next((definition for definition in workflows() if definition["document_type"] == doctype), None)


def _app() -> Path:
	return Path(frappe.get_app_path("crm_app"))


def _read(path: Path) -> dict:
	return json.loads(path.read_text(encoding="utf-8"))
