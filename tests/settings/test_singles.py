"""Every Single of the app opens and saves on a new site."""

import json
from pathlib import Path

import frappe
import pytest

APP = Path(__file__).resolve().parents[2] / "crm_app"
DOCTYPES = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(APP.glob("*/doctype/*/*.json"))]


@pytest.mark.parametrize("single", [doc["name"] for doc in DOCTYPES if doc.get("issingle")])
def test_a_new_single_can_be_saved_with_its_defaults(single):
	doc = frappe.new_doc(single)
	doc.save()
	assert doc.name == single
