"""Shipped workflows come onto the site once; what an administrator changed there stays."""

import copy

import frappe
import pytest

from crm_app.crm_platform.doctype.crm_shipped_default import crm_shipped_default as memory_page
from crm_app.workflows import sync

NAME = "CRM Budget Approval"


@pytest.fixture
def shipped():
	return next(d for d in sync.shipped_definitions() if d["name"] == NAME)


def newer(definition):
	"""What a later version of the app could ship."""
	later = copy.deepcopy(definition)
	later["transitions"][0]["condition"] = "doc.total_amount > 0"
	return later


def edit(condition="doc.total_amount < 777"):
	workflow = frappe.get_doc("Workflow", NAME)
	workflow.transitions[0].condition = condition
	workflow.save()


def condition():
	return frappe.get_doc("Workflow", NAME).transitions[0].condition or ""


def test_all_shipped_workflows_are_on_the_site_and_active():
	for definition in sync.shipped_definitions():
		found = {"name": definition["name"], "document_type": definition["document_type"], "is_active": 1}
		assert frappe.db.exists("Workflow", found)


def test_a_second_sync_changes_nothing():
	before = frappe.db.get_value("Workflow", NAME, "modified")
	assert set(sync.sync_workflows().values()) == {"unchanged"}
	assert frappe.db.get_value("Workflow", NAME, "modified") == before


def test_an_untouched_workflow_follows_a_newer_version(shipped):
	assert sync.sync_one(newer(shipped)) == "updated"
	assert condition() == "doc.total_amount > 0"
	assert sync.remembered(NAME).state == "As Shipped"


def test_an_edited_workflow_survives_a_newer_version(shipped):
	edit()
	assert sync.sync_one(newer(shipped)) == "kept"
	assert sync.sync_one(newer(shipped)) == "kept"
	memory = sync.remembered(NAME)
	assert (condition(), memory.state, memory.update_waiting) == ("doc.total_amount < 777", "Edited", 1)
	assert "777" in memory.current_definition and "777" not in memory.shipped_definition
	assert "doc.total_amount > 0" in memory.new_definition


def test_an_edit_alone_waits_for_nothing(shipped):
	edit()
	assert sync.sync_one(shipped) == "kept"
	assert not sync.remembered(NAME).update_waiting


def test_an_edit_taken_back_counts_as_untouched_again(shipped):
	edit()
	sync.sync_one(shipped)
	edit(None)
	assert sync.sync_one(shipped) == "unchanged"
	assert sync.sync_one(newer(shipped)) == "updated"


def test_what_an_administrator_deleted_stays_deleted(shipped):
	frappe.delete_doc("Workflow", NAME, force=True)
	assert sync.sync_one(newer(shipped)) == "deleted"
	assert not frappe.db.exists("Workflow", NAME)
	assert sync.remembered(NAME).state == "Deleted"


def test_on_a_new_site_missing_states_actions_and_roles_are_made():
	definition = {
		**copy.deepcopy(next(d for d in sync.shipped_definitions() if d["name"] == NAME)),
		"name": "Another Budget Approval",
	}
	for row in (*definition["states"], *definition["transitions"]):
		for key in ("state", "next_state", "action", "allow_edit", "allowed"):
			if row.get(key):
				row[key] = f"New {row[key]}"
	assert sync.sync_one(definition) == "inserted"
	for doctype in ("Workflow State", "Role"):
		assert frappe.db.exists(doctype, {"name": ["like", "New %"]})
	assert frappe.db.exists("Workflow Action Master", "New Approve")


def test_an_own_active_workflow_is_not_switched_off(shipped):
	assert sync.sync_one({**shipped, "name": "Another Budget Approval"}) == "inserted"
	assert frappe.db.get_value("Workflow", NAME, "is_active") == 1
	assert frappe.db.get_value("Workflow", "Another Budget Approval", "is_active") == 0


def test_the_administrator_may_take_the_shipped_version_after_all(shipped):
	edit()
	sync.sync_one(shipped)
	memory_page.use_shipped(sync.remembered(NAME).as_dict())
	assert condition() == ""
	assert sync.remembered(NAME).state == "As Shipped"


def test_keeping_the_own_version_ends_the_waiting(shipped):
	edit()
	sync.sync_one(newer(shipped))
	memory_page.keep_current(frappe.as_json({"name": sync.remembered(NAME).name}))
	assert not sync.remembered(NAME).update_waiting
	assert sync.sync_one(newer(shipped)) == "kept"
	assert not sync.remembered(NAME).update_waiting
