"""Shipped workflows come onto the site; how they survive edits and versions: tests/shipped."""

import frappe

from crm_app.workflows import sync


def test_all_shipped_workflows_are_on_the_site_and_active():
	for definition in sync.shipped_definitions():
		found = {"name": definition["name"], "document_type": definition["document_type"], "is_active": 1}
		assert frappe.db.exists("Workflow", found)


def test_a_second_sync_changes_nothing():
	assert set(sync.sync_workflows().values()) == {"unchanged"}
