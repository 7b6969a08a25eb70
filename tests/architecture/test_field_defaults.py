"""Defaults that Frappe reads as something else, or that the field refuses: installing would stop there."""

import json
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "crm_app"
RESERVED = {"Today": {"Date", "Datetime"}, "__user": {"Link", "Data"}}
DOCTYPES = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(APP.glob("*/doctype/*/*.json"))]


def defaults():
	return [(doc["name"], field) for doc in DOCTYPES for field in doc["fields"] if field.get("default")]


def test_a_select_defaults_to_one_of_its_options():
	wrong = [
		f"{doctype}.{field['fieldname']}"
		for doctype, field in defaults()
		if field["fieldtype"] == "Select" and field["default"] not in field["options"].split("\n")
	]
	assert wrong == []


def test_words_that_frappe_replaces_are_used_where_it_should_replace_them():
	wrong = [
		f"{doctype}.{field['fieldname']}"
		for doctype, field in defaults()
		if field["fieldtype"] not in RESERVED.get(field["default"], {field["fieldtype"]})
	]
	assert wrong == []
