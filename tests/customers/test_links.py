"""Links that another field fetches from, which Frappe 15 itself does not check."""

import json
from pathlib import Path

import frappe
import pytest
from crm_testing.customers import make_customer, make_interaction

from crm_app import hooks

APP = Path(hooks.__file__).parent


def test_a_link_to_nowhere_is_refused():
	with pytest.raises(frappe.LinkValidationError, match="CUST-nobody"):
		make_interaction("CUST-nobody")
	customer = make_customer()
	customer.append("relations", {"relation": "Partner", "related_customer": "CUST-nobody"})
	with pytest.raises(frappe.LinkValidationError, match="CUST-nobody"):
		customer.save()


def test_every_doctype_that_fetches_is_checked():
	found = {}
	for path in APP.glob("*/doctype/*/*.json"):
		data = json.loads(path.read_text(encoding="utf-8"))
		found[data["name"]] = data
	fetching = {name for name, data in found.items() if any(f.get("fetch_from") for f in data["fields"])}
	children = {name for name in fetching if found[name].get("istable")}
	parents = {
		name
		for name, data in found.items()
		if any(field.get("options") in children for field in data["fields"])
	}
	assert (fetching - children) | parents <= set(hooks._FETCHING)
