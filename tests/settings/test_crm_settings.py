"""CRM Settings of a new site: the shipped values are stored, and what was cleared stays cleared."""

import frappe
import pytest

from crm_app.utils.singles import SINGLES, seed

SHIPPED = {"default_currency": "CNY", "import_max_mb": 200, "sales_row_rule": 1, "tier1_limit": 2000}


def forget_all_but(fieldname: str):
	"""As on a site where installation stored one field only."""
	stored = frappe.qb.DocType("Singles")
	others = (stored.doctype == "CRM Settings") & (stored["field"] != fieldname)
	frappe.qb.from_(stored).delete().where(others).run()
	frappe.db.set_single_value(
		"CRM Settings", fieldname, frappe.db.get_single_value("CRM Settings", fieldname)
	)
	frappe.clear_document_cache("CRM Settings", "CRM Settings")


@pytest.fixture(autouse=True)
def fresh_cache():
	yield
	frappe.clear_document_cache("CRM Settings", "CRM Settings")


def values() -> dict:
	found = {name: frappe.db.get_single_value("CRM Settings", name) for name in SHIPPED}
	return {name: value if name == "default_currency" else float(value) for name, value in found.items()}


def test_a_new_site_has_the_shipped_values_stored():
	forget_all_but("default_service_level")
	seed()
	assert values() == SHIPPED
	assert frappe.get_doc("CRM Settings").sales_row_rule == 1


def test_what_an_administrator_switched_off_stays_off():
	settings = frappe.get_doc("CRM Settings")
	settings.update({"sales_row_rule": 0, "tier1_limit": 0})
	settings.save()
	seed()
	assert values() == {**SHIPPED, "sales_row_rule": 0, "tier1_limit": 0}


def test_saving_the_form_changes_nothing():
	frappe.get_doc("CRM Settings").save()
	assert values() == SHIPPED


def test_every_single_of_the_app_is_seeded():
	ours = frappe.get_all("DocType", filters={"issingle": 1, "module": ["like", "CRM %"]}, pluck="name")
	assert set(SINGLES) == set(ours)
