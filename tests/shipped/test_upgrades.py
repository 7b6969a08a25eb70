"""A customised site goes through two shipped versions, and through an uninstall."""

import copy

import frappe
import pytest
from crm_testing.customers import make_user

from crm_app.crm_platform.doctype.crm_shipped_default import crm_shipped_default as page
from crm_app.shipped import definitions, documents, memory, permissions, settings

WORKFLOW, CARD, CHART, SPACE = (
	("Workflow", "CRM Budget Approval"),
	("Number Card", "Amount to Reimburse"),
	("Dashboard Chart", "Spending by Category"),
	("Workspace", "CRM Finance"),
)


def shipped(kind: tuple[str, str]) -> dict:
	found = [*definitions.workflows(), *definitions.desk_records()]
	return copy.deepcopy(next(d for d in found if (d["doctype"], d["name"]) == kind))


def later(kind: tuple[str, str], **changes) -> dict:
	return {**shipped(kind), **changes}


def condition() -> str:
	return frappe.get_doc(*WORKFLOW).transitions[0].condition or ""


def with_condition(text: str) -> dict:
	definition = shipped(WORKFLOW)
	definition["transitions"][0]["condition"] = text
	return definition


def edit_workflow(text="doc.total_amount < 777"):
	workflow = frappe.get_doc(*WORKFLOW)
	workflow.transitions[0].condition = text
	workflow.save()


def state(kind) -> tuple:
	row = memory.recall(*kind)
	return row.state, row.update_waiting


def test_a_new_site_has_everything_as_shipped():
	kinds = {"Workflow", "Number Card", "Dashboard Chart", "Workspace", "Complaint Cause", "Service Level"}
	rows = frappe.get_all(memory.MEMORY, fields=["ref_doctype", "state"], limit_page_length=0)
	assert kinds <= {row.ref_doctype for row in rows}
	assert {row.state for row in rows} == {"As Shipped"}
	assert all(frappe.db.exists(d["doctype"], d["name"]) for d in definitions.desk_records())


def test_a_second_migration_writes_nothing():
	before = frappe.get_all(memory.MEMORY, fields=["name", "modified"], order_by="name", limit_page_length=0)
	modified = frappe.db.get_value(*WORKFLOW, "modified")
	for path in frappe.get_hooks("crm_seed"):
		frappe.get_attr(path)()
	again = frappe.get_all(memory.MEMORY, fields=["name", "modified"], order_by="name", limit_page_length=0)
	assert (again, frappe.db.get_value(*WORKFLOW, "modified")) == (before, modified)


@pytest.mark.parametrize(
	("kind", "field", "second", "third", "own"),
	[
		(CARD, "color", "#000002", "#000003", "#777777"),
		(CHART, "type", "Donut", "Pie", "Line"),
		(SPACE, "icon", "star", "tool", "users"),
		(WORKFLOW, "send_email_alert", 1, 0, 1),
	],
)
def test_untouched_records_follow_two_versions_and_edited_ones_neither(kind, field, second, third, own):
	def value():
		return frappe.db.get_value(*kind, field)

	assert documents.sync(later(kind, **{field: second})) == "updated"
	assert documents.sync(later(kind, **{field: third})) == "updated"
	assert value() == third and state(kind) == ("As Shipped", 0)
	doc = frappe.get_doc(*kind)
	doc.set(field, own)
	doc.save()
	changed = {"module": "CRM Sales"} if kind != WORKFLOW else {"override_status": 1}
	assert documents.sync(later(kind, **{field: third} | changed)) == "kept"
	assert value() == own and state(kind) == ("Edited", 1)


def test_an_edit_taken_back_counts_as_untouched_again():
	edit_workflow()
	assert documents.sync(shipped(WORKFLOW)) == "kept"
	assert state(WORKFLOW) == ("Edited", 0)
	edit_workflow(None)
	assert documents.sync(with_condition("doc.total_amount > 0")) == "updated"
	assert condition() == "doc.total_amount > 0"


def test_what_an_administrator_deleted_stays_deleted_through_two_versions():
	for kind in (CARD, WORKFLOW):
		frappe.delete_doc(*kind, force=True)
	for text in ("doc.total_amount > 0", "doc.total_amount > 1"):
		assert documents.sync(with_condition(text)) == "deleted"
		assert documents.sync(later(CARD, color="#00000" + text[-1])) == "deleted"
	assert not frappe.db.exists(*CARD) and not frappe.db.exists(*WORKFLOW)
	assert state(CARD)[0] == state(WORKFLOW)[0] == "Deleted"


def test_what_both_changed_is_shown_side_by_side():
	edit_workflow()
	documents.sync(with_condition("doc.total_amount > 0"))
	row = memory.recall(*WORKFLOW)
	found = {line.property: line for line in row.differences}
	assert "777" in found["transitions"].now and "777" not in found["transitions"].as_installed
	assert "doc.total_amount > 0" in found["transitions"].newly_shipped
	assert "777" in row.current_definition and "777" not in row.shipped_definition


def test_the_administrator_takes_some_properties_and_keeps_others():
	card = frappe.get_doc(*CARD)
	card.update({"color": "#777777", "show_percentage_stats": 1})
	card.save()
	documents.sync(later(CARD, color="#000002", stats_time_interval="Daily"))
	row = memory.recall(*CARD).as_dict()
	for line in row.differences:
		line.take = int(line.property in ("color", "stats_time_interval"))
	page.take_ticked(frappe.as_json(row))
	card.reload()
	assert (card.color, card.stats_time_interval, card.show_percentage_stats) == ("#000002", "Daily", 1)
	row = memory.recall(*CARD)
	assert [line.property for line in row.differences] == ["show_percentage_stats"]
	assert frappe.db.exists("Comment", {"reference_name": row.name, "content": ["like", "%color%"]})


def test_take_shipped_and_keep_mine_end_the_waiting_and_are_noted():
	edit_workflow()
	documents.sync(with_condition("doc.total_amount > 0"))
	page.keep_mine(frappe.as_json({"name": memory.recall(*WORKFLOW).name}))
	assert state(WORKFLOW) == ("Edited", 0)
	documents.sync(with_condition("doc.total_amount > 0"))
	assert state(WORKFLOW) == ("Edited", 0) and "777" in condition()
	page.take_shipped(memory.recall(*WORKFLOW).as_dict())
	assert condition() == "doc.total_amount > 0" and state(WORKFLOW) == ("As Shipped", 0)
	about = {"reference_doctype": memory.MEMORY, "reference_name": memory.recall(*WORKFLOW).name}
	assert frappe.db.count("Comment", about) == 2


def test_properties_are_named_in_the_readers_language():
	edit_workflow()
	documents.sync({**with_condition("doc.total_amount > 0"), "override_status": 1})
	row = memory.recall(*WORKFLOW)
	english = {line.property: line.label for line in row.differences}
	frappe.local.lang = "zh"
	try:
		row.run_method("onload")
	finally:
		frappe.local.lang = "en"
	chinese = {line.property: line.label for line in row.differences}
	assert set(chinese) == set(english) >= {"override_status", "transitions"}
	assert chinese["override_status"] != english["override_status"]


def test_only_a_system_manager_chooses(as_user):
	edit_workflow()
	documents.sync(with_condition("doc.total_amount > 0"))
	row = memory.recall(*WORKFLOW).as_dict()
	with as_user(make_user("chooser@shipped.test", "CRM Manager")), pytest.raises(frappe.PermissionError):
		page.take_shipped(row)
	assert "777" in condition()


def test_a_shipped_record_that_the_site_refuses_waits_and_says_why():
	definition = {
		"doctype": "Complaint Cause",
		"name": "Refused",
		"cause_name": "Refused",
		"category": "Nonsense",
	}
	assert documents.sync(definition) == "kept"
	row = memory.recall("Complaint Cause", "Refused")
	assert "Nonsense" in row.note and row.update_waiting
	assert not frappe.db.exists("Complaint Cause", "Refused")


def test_own_values_in_rows_survive_an_update_of_the_shipped_ones():
	level = frappe.get_doc("Service Level", "Standard")
	name = next(row.name for row in level.targets if row.severity == "High")
	newer = {
		"doctype": "Service Level",
		"name": "Standard",
		"targets": [
			{"severity": s, "first_response_hours": h, "resolution_hours": r}
			for s, h, r in (("Critical", 1, 24), ("High", 6, 48), ("Medium", 24, 72), ("Low", 24, 120))
		],
	}
	assert documents.sync(newer) == "updated"
	rows = {row.severity: row for row in frappe.get_doc("Service Level", "Standard").targets}
	assert (rows["High"].name, rows["High"].first_response_hours) == (name, 6)
	assert rows["Critical"].first_response_hours == 1


def test_an_own_active_workflow_is_not_switched_off():
	definition = {**shipped(WORKFLOW), "name": "Another Budget Approval"}
	assert documents.sync(definition) == "inserted"
	assert frappe.db.get_value(*WORKFLOW, "is_active") == 1
	assert frappe.db.get_value("Workflow", "Another Budget Approval", "is_active") == 0


def test_on_a_new_site_missing_states_actions_and_roles_are_made():
	definition = {**shipped(WORKFLOW), "name": "Another Budget Approval"}
	for row in (*definition["states"], *definition["transitions"]):
		for key in ("state", "next_state", "action", "allow_edit", "allowed"):
			if row.get(key):
				row[key] = f"New {row[key]}"
	assert documents.sync(definition) == "inserted"
	for doctype in ("Workflow State", "Role"):
		assert frappe.db.exists(doctype, {"name": ["like", "New %"]})
	assert frappe.db.exists("Workflow Action Master", "New Approve")


# settings


def newer_settings(**defaults) -> dict:
	definition = copy.deepcopy(definitions.doctype("CRM Settings"))
	for df in definition["fields"]:
		df["default"] = defaults.get(df["fieldname"], df.get("default"))
	return definition


def setting(fieldname: str) -> float:
	frappe.clear_document_cache("CRM Settings", "CRM Settings")
	return float(frappe.db.get_single_value("CRM Settings", fieldname))


def test_a_new_default_reaches_the_settings_that_nobody_changed():
	frappe.db.set_single_value("CRM Settings", "tier1_limit", 777)
	settings.sync(newer_settings(tier1_limit="3000", import_max_mb="300"))
	assert (setting("tier1_limit"), setting("import_max_mb")) == (777, 300)
	row = memory.recall("CRM Settings", "CRM Settings")
	assert (row.state, row.update_waiting) == ("Edited", 1)
	settings.sync(newer_settings(tier1_limit="3000", import_max_mb="400"))
	assert (setting("tier1_limit"), setting("import_max_mb")) == (777, 400)
	page.take_shipped(memory.recall("CRM Settings", "CRM Settings").as_dict())
	assert setting("tier1_limit") == 3000
	frappe.clear_document_cache("CRM Settings", "CRM Settings")


# rights of roles

DOCTYPE = "Complaint Cause"


def rights_of(role: str) -> str | None:
	return permissions.rules(frappe.get_meta(DOCTYPE, cached=False).permissions).get(f"{role}, 0")


def newer_rights(*rules: dict) -> dict:
	definition = copy.deepcopy(definitions.doctype(DOCTYPE))
	changed = {rule["role"]: rule for rule in rules}
	kept = [rule for rule in definition["permissions"] if rule["role"] not in changed]
	return {**definition, "permissions": [*kept, *(rule for rule in rules if rule.get("read"))]}


def test_own_rights_survive_and_new_roles_get_theirs():
	from frappe.permissions import add_permission, update_permission_property

	add_permission(DOCTYPE, "CRM Staff", 0, "read")
	update_permission_property(DOCTYPE, "CRM Service User", 0, "delete", 1)
	mine = rights_of("CRM Service User")
	service = {"role": "CRM Service User", "read": 1, "select": 1}
	permissions.sync(newer_rights({"role": "CRM Finance User", "read": 1}, service))
	assert rights_of("CRM Finance User") == "read"
	assert rights_of("CRM Service User") == mine and "delete" in mine
	assert rights_of("CRM Staff") and rights_of("System Manager")
	row = memory.recall("DocPerm", DOCTYPE)
	assert (row.state, row.update_waiting) == ("Edited", 1)
	page.keep_mine(row.as_dict())
	permissions.sync(newer_rights({"role": "CRM Finance User", "read": 0}, service))
	assert rights_of("CRM Finance User") is None and rights_of("CRM Service User") == mine
	page.take_shipped(memory.recall("DocPerm", DOCTYPE).as_dict())
	assert not frappe.db.exists("Custom DocPerm", {"parent": DOCTYPE})
