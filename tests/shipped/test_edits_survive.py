"""What an administrator entered survives whatever a later version ships in its place."""

import copy
import json

import frappe
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.crm_platform.doctype.crm_shipped_default import crm_shipped_default as page
from crm_app.shipped import definitions, documents, memory, normal, permissions, settings
from crm_app.shipped.domain.three_way import same, with_blanks


def shipped(doctype: str, name: str | None = None) -> dict:
	found = [*definitions.workflows(), *definitions.desk_records()]
	return copy.deepcopy(next(d for d in found if d["doctype"] == doctype and name in (None, d["name"])))


def later(doctype: str, name: str, **more) -> dict:
	"""The seeded record as this version ships it, and further keys."""
	was = json.loads(memory.recall(doctype, name).new_definition)
	return {"doctype": doctype, "name": name, **was, **more}


def edit(doctype: str, name: str, **values):
	frappe.get_doc(doctype, name).update(values).save()


# keys that an earlier version did not ship


@pytest.mark.parametrize(
	("doctype", "name", "key", "mine", "theirs"),
	[
		("Complaint Cause", "Long Wait", "description", "Mine", "Shipped"),
		("Service Level", "Standard", "working_calendar", "Office Hours", ""),
		("Complaint Cause", "Long Wait", "disabled", 1, 0),
	],
)
def test_a_value_stays_where_a_later_version_ships_that_key_for_the_first_time(
	doctype, name, key, mine, theirs
):
	edit(doctype, name, **{key: mine})
	assert documents.sync(later(doctype, name, **{key: theirs})) == "kept"
	assert frappe.db.get_value(doctype, name, key) == mine
	row = memory.recall(doctype, name)
	assert (row.state, row.update_waiting) == ("Edited", 1)
	assert key in [line.property for line in row.differences]


def test_a_key_that_nobody_filled_takes_what_a_later_version_ships():
	assert documents.sync(later("Complaint Cause", "Long Wait", description="Shipped")) == "updated"
	assert frappe.db.get_value("Complaint Cause", "Long Wait", "description") == "Shipped"


def test_a_column_of_a_table_stays_where_a_later_version_ships_it_for_the_first_time():
	name = "Win-back"
	template = frappe.get_doc("CRM Campaign Template", name)
	plain = later("CRM Campaign Template", name)
	free = next(
		df.fieldname
		for df in frappe.get_meta(template.channels[0].doctype).fields
		if df.fieldtype in ("Data", "Int", "Currency", "Float", "Small Text", "Percent")
		and df.fieldname not in plain["channels"][0]
		and not df.read_only
	)
	template.channels[0].set(free, 7)
	template.save()
	rows = [{**row, free: 3} for row in plain["channels"]]
	assert documents.sync({**plain, "channels": rows}) == "kept"
	assert float(frappe.get_doc("CRM Campaign Template", name).channels[0].get(free)) == 7


texts = st.sampled_from(["", "0", "1", "2"])
sides = st.dictionaries(st.sampled_from("abc"), texts, max_size=3)


@given(
	sides,
	st.fixed_dictionaries(dict.fromkeys("abc", texts)),
	st.fixed_dictionaries(dict.fromkeys("abc", texts)),
)
def test_only_what_a_record_has_by_itself_counts_as_untouched(base, mine, theirs):
	filled = with_blanks(base, mine, theirs, {"a": {"0"}, "b": {"", "1"}})
	for key in "abc":
		blank = {"a": {"0"}, "b": {"", "1"}}.get(key, {""})
		untouched = mine[key] == base[key] if key in base else mine[key] in {*blank, theirs[key]}
		assert same({key: filled[key]}, {key: mine[key]}) == untouched


# properties of cards, charts and workspaces


def test_every_property_that_is_shipped_is_compared_or_known_to_need_no_comparing():
	left = [
		normal.uncounted(d["doctype"], d) for d in (*definitions.desk_records(), *definitions.workflows())
	]
	assert set().union(*left) == set()
	assert normal.uncounted("Number Card", {"name": "x", "brand_new": 1}) == {"Number Card.brand_new"}
	link = {"label": "x", "brand_new": 1}
	assert normal.uncounted("Workspace", {"links": [link]}) == {"Workspace Link.brand_new"}


@pytest.mark.parametrize(
	("doctype", "name", "field", "mine", "change"),
	[
		(
			"Dashboard Chart",
			None,
			"custom_options",
			'{"axisOptions": {"xIsSeries": 1}}',
			("color", "#123456"),
		),
		("Workspace", "CRM Finance", "indicator_color", "red", ("icon", "star")),
		("Workspace", "CRM Finance", "hide_custom", 1, ("icon", "star")),
	],
)
def test_an_edit_survives_an_unrelated_change(doctype, name, field, mine, change):
	definition = shipped(doctype, name)
	edit(doctype, definition["name"], **{field: mine})
	assert documents.sync({**definition, change[0]: change[1]}) == "kept"
	assert frappe.db.get_value(doctype, definition["name"], field) == mine


def test_a_link_of_a_workspace_keeps_its_edit():
	space = frappe.get_doc("Workspace", "CRM Finance")
	at = next(i for i, row in enumerate(space.links) if row.type == "Link")
	space.links[at].onboard = 1
	space.save()
	assert documents.sync({**shipped("Workspace", "CRM Finance"), "icon": "star"}) == "kept"
	assert frappe.get_doc("Workspace", "CRM Finance").links[at].onboard == 1


# renamed records


def test_a_renamed_record_stays_the_same_record_for_an_upgrade():
	old, new = "Champions", "冠军客户"
	frappe.rename_doc("RFM Segment", old, new)
	assert documents.sync(later("RFM Segment", old)) == "unchanged"
	assert documents.sync(later("RFM Segment", old, advice="Newer")) == "updated"
	assert frappe.db.get_value("RFM Segment", new, ["advice", "segment_name"]) == ("Newer", new)
	edit("RFM Segment", new, advice="Mine")
	assert documents.sync(later("RFM Segment", old, advice="Newest")) == "kept"
	row = memory.recall("RFM Segment", old)
	assert (row.state, row.site_name) == ("Edited", new)
	page.take_shipped(row.as_dict())
	assert not frappe.db.exists("RFM Segment", old)
	assert frappe.db.get_value("RFM Segment", new, "advice") == "Newest"
	frappe.rename_doc("RFM Segment", new, "第一")
	frappe.rename_doc("RFM Segment", "第一", old)
	assert not memory.recall("RFM Segment", old).site_name
	assert documents.sync(later("RFM Segment", old)) == "unchanged"


def test_a_workspace_follows_a_renamed_chart():
	space = next(d for d in definitions.desk_records() if d["doctype"] == "Workspace" and d.get("charts"))
	chart = space["charts"][0]["chart_name"]
	frappe.rename_doc("Dashboard Chart", chart, "Mine", force=True)
	assert documents.sync(copy.deepcopy(space)) == "unchanged"
	assert documents.sync({**space, "icon": "star"}) == "updated"
	assert frappe.get_doc("Workspace", space["name"]).charts[0].chart_name == "Mine"


# the page


def test_differences_are_those_of_the_last_migration():
	edit("Complaint Cause", "Long Wait", default_severity="High")
	documents.sync(later("Complaint Cause", "Long Wait"))
	edit("Complaint Cause", "Long Wait", default_severity="Critical")
	documents.sync(later("Complaint Cause", "Long Wait"))
	assert [line.now for line in memory.recall("Complaint Cause", "Long Wait").differences] == ["Critical"]
	before = frappe.db.get_value(memory.MEMORY, {"ref_name": "Long Wait"}, "modified")
	documents.sync(later("Complaint Cause", "Long Wait"))
	assert frappe.db.get_value(memory.MEMORY, {"ref_name": "Long Wait"}, "modified") == before


def test_a_role_with_a_comma_in_its_name_has_rules_like_others():
	role = frappe.get_doc({"doctype": "Role", "role_name": "Sales, East"}).insert().name
	from frappe.permissions import add_permission

	add_permission("Complaint Cause", role, 0, "read")
	permissions.seed()
	row = memory.recall("DocPerm", "Complaint Cause")
	assert f"{role}, 0" in [line.property for line in row.differences]
	page.take_shipped(row.as_dict())
	assert not frappe.db.exists("Custom DocPerm", {"parent": "Complaint Cause"})


def newer_settings(**defaults) -> dict:
	definition = copy.deepcopy(definitions.doctype("CRM Settings"))
	for df in definition["fields"]:
		df["default"] = defaults.get(df["fieldname"], df.get("default"))
	return definition


def test_after_a_merge_the_page_still_says_what_was_installed():
	first = frappe.db.get_single_value("CRM Settings", "tier1_limit")
	frappe.db.set_single_value("CRM Settings", "tier1_limit", 777)
	for value in ("3000", "4000"):
		settings.sync(newer_settings(tier1_limit=value, import_max_mb="300"))
		row = memory.recall("CRM Settings", "CRM Settings")
		line = next(line for line in row.differences if line.property == "tier1_limit")
		assert [float(line.get(name)) for name in ("as_installed", "now", "newly_shipped")] == [
			float(first),
			777,
			float(value),
		]
	assert json.loads(row.shipped_definition)["import_max_mb"] == "300"
	frappe.db.set_single_value("CRM Settings", "tier1_limit", 888)
	settings.sync(newer_settings(tier1_limit="4000", import_max_mb="300"))
	row = memory.recall("CRM Settings", "CRM Settings")
	assert next(line.now for line in row.differences if line.property == "tier1_limit") == "888"
	frappe.clear_document_cache("CRM Settings", "CRM Settings")


def test_a_setting_that_gets_its_first_default_keeps_what_was_entered():
	definition = newer_settings()
	fields = {df["fieldname"]: df for df in definition["fields"]}
	free = next(df for df in fields.values() if df["fieldtype"] == "Int" and df.get("default") is not None)
	older = copy.deepcopy(definition)
	next(df for df in older["fields"] if df["fieldname"] == free["fieldname"]).pop("default")
	memory.forget("CRM Settings")
	settings.sync(older)
	frappe.db.set_single_value("CRM Settings", free["fieldname"], 77)
	settings.sync(definition)
	assert frappe.db.get_single_value("CRM Settings", free["fieldname"]) == 77
	frappe.db.set_single_value("CRM Settings", free["fieldname"], 0)
	memory.forget("CRM Settings")
	settings.sync(older)
	settings.sync(definition)
	assert str(frappe.db.get_single_value("CRM Settings", free["fieldname"])) == str(free["default"])
	frappe.clear_document_cache("CRM Settings", "CRM Settings")


def test_what_was_taken_is_named_as_forms_name_it():
	edit("Complaint Cause", "Long Wait", default_severity="High")
	documents.sync(later("Complaint Cause", "Long Wait"))
	row = memory.recall("Complaint Cause", "Long Wait").as_dict()
	row.differences[0].take = 1
	frappe.local.lang = "zh"
	try:
		page.take_ticked(frappe.as_json(row))
	finally:
		frappe.local.lang = "en"
	said = [str(message) for message in frappe.local.message_log]
	assert not any("default_severity" in text for text in said) and said
	frappe.clear_messages()


# the site's own workflow


def own_workflow(active: str = "CRM Budget Approval") -> str:
	own = frappe.copy_doc(frappe.get_doc("Workflow", active))
	own.update({"workflow_name": "Own Approval", "name": "Own Approval", "is_active": 1})
	own.insert()
	frappe.db.set_value("Workflow", active, "is_active", 0)
	return own.name


def test_take_shipped_does_not_switch_off_the_sites_own_workflow():
	own, name = own_workflow(), "CRM Budget Approval"
	documents.sync(shipped("Workflow", name))
	page.take_shipped(memory.recall("Workflow", name).as_dict())
	assert frappe.db.get_value("Workflow", own, "is_active") == 1
	assert not frappe.db.get_value("Workflow", name, "is_active")
	assert any(own in str(message) for message in frappe.local.message_log)
	frappe.clear_messages()
	row = memory.recall("Workflow", name)
	assert [line.property for line in row.differences] == ["is_active"]


def test_the_shipped_workflow_is_switched_on_only_when_asked_for_and_the_page_says_what_it_switched_off():
	own, name = own_workflow(), "CRM Budget Approval"
	documents.sync(shipped("Workflow", name))
	row = memory.recall("Workflow", name).as_dict()
	for line in row.differences:
		line.take = int(line.property == "is_active")
	page.take_ticked(row)
	assert frappe.db.get_value("Workflow", name, "is_active") == 1
	assert not frappe.db.get_value("Workflow", own, "is_active")
	assert any(own in str(message) for message in frappe.local.message_log)
	about = {"reference_name": memory.recall("Workflow", name).name, "content": ["like", f"%{own}%"]}
	assert frappe.db.exists("Comment", about)
	frappe.clear_messages()
